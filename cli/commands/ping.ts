/** `kiln ping`: does the service answer, its database, and each of its workers? */
import type { Pong } from '../../api/schemas/kiln-queue.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { needServiceClient } from '../service/service-client.ts';

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

export async function pingCommand(options: GlobalOptions): Promise<number> {
  const { settings, terminal } = createContext(options);
  const client = await needServiceClient(settings);
  const startedAt = performance.now();
  const { databaseMs, workers } = await client.post<Pong>('/kiln/v1/ping');
  const ms = performance.now() - startedAt;
  terminal.line(`Service   ${client.url} · ${milliseconds(ms)}`);
  terminal.line(`Database  ${milliseconds(databaseMs)}`);
  for (const worker of workers) {
    const does = worker.jobId === null ? '' : ` · builds job ${worker.jobId}`;
    const answer = worker.ms === null ? 'does not answer' : milliseconds(worker.ms);
    terminal.line(`${worker.id}  ${answer}${does}`);
  }
  const silent = workers.filter((worker) => worker.ms === null).length;
  if (silent > 0) terminal.line(`${silent} of ${workers.length} workers do not answer.`);
  terminal.result({ url: client.url, ms, databaseMs, workers });
  return silent === 0 ? EXIT.ok : EXIT.environment;
}
