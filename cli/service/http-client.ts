/** A running service, over HTTP. */
import { readFile } from 'node:fs/promises';
import type { JobView } from '../../api/schemas/kiln-jobs.ts';
import { type ErrorReport, errorFromReport, KilnError } from '../../core/errors.ts';
import type { JobClient, StoryEvent } from './job-client.ts';

interface ErrorBody {
  readonly message?: string;
  readonly error?: ErrorReport;
}

async function toError(response: Response): Promise<KilnError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const { error } = body;
  if (error !== undefined) return errorFromReport(error);
  return new KilnError(
    'service.unreachable',
    `The service answered ${response.status}: ${body.message ?? response.statusText}`,
  );
}

/** Reads server-sent events; comments, ids and retry hints are passed over. */
async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StoryEvent> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [
            line.slice(0, line.indexOf(':')),
            line.slice(line.indexOf(':') + 1).trim(),
          ]),
      );
      text = text.slice(end + 2);
      const event = fields.get('event');
      if (event === undefined) continue;
      yield { event, data: JSON.parse(fields.get('data') ?? 'null') } as StoryEvent;
    }
  }
}

/** @param tokenFile where the service wrote its session token; without it jobs cannot be canceled. */
export function createHttpClient(url: string, tokenFile: string): JobClient {
  const request = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await fetch(url + path, init).catch((cause: unknown) => {
      throw new KilnError('service.unreachable', `The Kiln service at ${url} went away.`, {
        cause,
      });
    });
    if (!response.ok) throw await toError(response);
    return response;
  };

  return {
    where: `the service at ${url}`,
    async submit(keymap) {
      const response = await request('/v1/compile', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        // A copy, whose buffer is certain not to be shared: fetch takes no other.
        body: new Uint8Array(keymap),
      });
      return ((await response.json()) as { job_id: string }).job_id;
    },
    async *story(id) {
      const response = await request(`/kiln/v1/jobs/${id}/events`);
      if (response.body === null) return;
      yield* readEvents(response.body);
    },
    async view(id) {
      return (await (await request(`/kiln/v1/jobs/${id}`)).json()) as JobView;
    },
    async output(id) {
      const job = (await (await request(`/v1/compile/${id}`)).json()) as {
        result: { output: string } | null;
      };
      return job.result?.output ?? '';
    },
    async image(id) {
      return new Uint8Array(await (await request(`/v1/compile/${id}/download`)).arrayBuffer());
    },
    async cancel(id) {
      const token = (await readFile(tokenFile, 'utf8')).trim();
      await request(`/kiln/v1/jobs/${id}/cancel`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
    },
    close: async () => undefined,
  };
}
