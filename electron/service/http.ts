/** A small HTTP client, for the shell's Node may be older than `fetch`. */
import { get as getPlain } from 'node:http';
import { get as getOverTls } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export interface GetOptions {
  readonly token?: string;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

/** @returns the answer, whatever its status; rejects when there is none. Follows no redirection. */
export function get(address: string, options: GetOptions = {}): Promise<Answer> {
  const { token, timeoutMs = 3000, maxBytes = 16 * 1024 * 1024 } = options;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const getAnswer = address.startsWith('https:') ? getOverTls : getPlain;
  return new Promise((resolve, reject) => {
    const request = getAnswer(address, { headers }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) request.destroy(new Error(`${address} sent more than expected.`));
        chunks.push(chunk);
      });
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
      });
      response.on('error', reject);
    });
    // Of the whole answer: a server that dribbles must not hold the shell.
    const timer = setTimeout(
      () => request.destroy(new Error(`${address} did not answer.`)),
      timeoutMs,
    );
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
