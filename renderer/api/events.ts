/** Server-sent events over `fetch`, since `EventSource` can send no token. */
import { request } from './client.ts';

export interface ServerEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: unknown;
}

/** Reads the text of an event stream, in pieces of any size, into its events. */
export function createEventReader(): (piece: string) => ServerEvent[] {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.map(readBlock).filter((event) => event !== null);
  };
}

/** Null for a block without data, such as a comment that keeps the line open. */
function readBlock(block: string): ServerEvent | null {
  let id: string | null = null;
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'id') id = value;
    else if (name === 'event') event = value;
    else if (name === 'data') data.push(value);
  }
  return data.length === 0 ? null : { id, event, data: JSON.parse(data.join('\n')) };
}

/**
 * The events of one answer, until it ends.
 * @param after the id of the last event that was seen; null for all of them.
 * @throws ServiceError when it is refused, or cut off in the middle
 */
export async function* readEvents(
  url: string,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const headers = {
    accept: 'text/event-stream',
    ...(after === null ? {} : { 'last-event-id': after }),
  };
  const response = await request(url, { headers, signal });
  const read = createEventReader();
  const text = response.body?.pipeThrough(new TextDecoderStream());
  if (text === undefined) return;
  const reader = text.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* read(value);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
