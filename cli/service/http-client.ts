/** A running service, over HTTP. */
import { readFile } from 'node:fs/promises';
import type { ContractJob } from '../../api/schemas/contract-compile.ts';
import type { JobView } from '../../api/schemas/kiln-jobs.ts';
import { type ErrorReport, errorFromReport, KilnError } from '../../core/errors.ts';
import type { JobClient, StoryEvent } from './job-client.ts';

interface ErrorBody {
  readonly message?: string;
  readonly error?: ErrorReport;
}

/** What an answer that is no success says. */
export async function toError(response: Response): Promise<KilnError> {
  const body = (await response.json().catch(() => null)) as ErrorBody | null;
  if (body?.error !== undefined) return errorFromReport(body.error);
  return new KilnError(
    'service.unreachable',
    `The service answered ${response.status}: ${body?.message ?? response.statusText}`,
  );
}

/** Reads server-sent events; comments, ids and retry hints are passed over. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ readonly event: string; readonly data: unknown }> {
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
      yield { event, data: JSON.parse(fields.get('data') ?? 'null') };
    }
  }
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

/** @throws KilnError `request.token-required` when there is none, or the service is none of this machine */
async function readToken(url: string, tokenFile: string): Promise<string> {
  try {
    // A secret of this machine's service is no business of another one.
    if (!isLoopback(new URL(url).hostname)) throw new Error('the service is on another machine');
    return (await readFile(tokenFile, 'utf8')).trim();
  } catch (cause) {
    throw new KilnError(
      'request.token-required',
      'The service takes this only with its token, which is not in this data folder.',
      {
        cause,
        remedy: 'Do it on the machine that the service runs on, or set KILN_SERVICE_KEY.',
      },
    );
  }
}

/** Whether a host name of an address is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * @param tokenFile where a service on this machine wrote its session token; without it jobs cannot be canceled.
 * @param key an API key or pairing code, for a service that asks for one.
 * @returns a client all of whose methods throw `service.unreachable` when the service ends meanwhile, or is none.
 */
export function createHttpClient(url: string, tokenFile: string, key?: string): JobClient {
  const wentAway = (cause?: unknown) =>
    new KilnError('service.unreachable', `The Kiln service at ${url} went away.`, { cause });

  const request = async (path: string, init?: RequestInit): Promise<Response> => {
    const headers = { ...init?.headers, ...(key === undefined ? {} : bearer(key)) };
    const response = await fetch(url + path, { ...init, headers }).catch((cause: unknown) => {
      throw wentAway(cause);
    });
    if (!response.ok) throw await toError(response);
    return response;
  };

  const requestJson = async <Value>(path: string, init?: RequestInit): Promise<Value> => {
    const response = await request(path, init);
    return response.json().catch((cause: unknown) => {
      throw wentAway(cause);
    }) as Promise<Value>;
  };

  return {
    where: `the service at ${url}`,
    async submit(keymap) {
      const { job_id } = await requestJson<{ job_id: string }>('/v1/compile', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        // A copy, whose buffer is certain not to be shared: fetch takes no other.
        body: new Uint8Array(keymap),
      });
      return job_id;
    },
    async submitTest(wanted) {
      const secret = key === undefined ? bearer(await readToken(url, tokenFile)) : {};
      const { id } = await requestJson<JobView>('/kiln/v1/test-keyboard', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...secret },
        body: JSON.stringify(wanted),
      });
      return id;
    },
    async *story(id) {
      const { body } = await request(`/kiln/v1/jobs/${id}/events`);
      let ended = false;
      try {
        for await (const event of body === null ? [] : readEvents(body)) {
          ended ||= event.event === 'end';
          yield event as StoryEvent;
        }
      } catch (cause) {
        throw wentAway(cause);
      }
      // A service that stops closes its streams; the job goes back to its queue.
      if (!ended) throw wentAway();
    },
    view: (id) => requestJson<JobView>(`/kiln/v1/jobs/${id}`),
    async output(id) {
      const { result } = await requestJson<ContractJob>(`/v1/compile/${id}`);
      return result?.output ?? '';
    },
    async image(id) {
      const response = await request(`/v1/compile/${id}/download`);
      const bytes = await response.arrayBuffer().catch((cause: unknown) => {
        throw wentAway(cause);
      });
      return new Uint8Array(bytes);
    },
    async cancel(id) {
      const headers = key === undefined ? bearer(await readToken(url, tokenFile)) : {};
      await request(`/kiln/v1/jobs/${id}/cancel`, { method: 'POST', headers });
    },
    close: async () => undefined,
  };
}
