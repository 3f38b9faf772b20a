/** A stream of events for as long as somebody looks: begun anew when it is cut, given up when it is refused. */
import { ServiceError } from '../api/client.ts';
import { readEvents, type ServerEvent } from '../api/events.ts';

const PAUSE_MS = 1_000;

/**
 * Resolves when the caller stops it, when the service refuses it, or with the event `end`.
 * @param onBegin called before each beginning: what was heard before may have a hole at its end
 */
export async function followStream(
  url: string,
  signal: AbortSignal,
  onEvent: (event: ServerEvent) => void,
  onBegin: () => void = () => undefined,
): Promise<void> {
  while (!signal.aborted) {
    try {
      onBegin();
      for await (const event of readEvents(url, null, signal)) {
        onEvent(event);
        if (event.event === 'end') return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ServiceError && !error.isGone) return;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
