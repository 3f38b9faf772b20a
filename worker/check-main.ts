/**
 * The process that checks keymaps: builds one at a time and hands back no image, only what would be wrong with it. The
 * same program makes test builds. Ends itself when the service is gone.
 *
 * Usage: node worker/check-main.ts <CheckArguments as JSON>
 */
import { setPriority } from 'node:os';
import { compilePayloadSchema } from '../core/compile/job.ts';
import { openDatabase } from '../core/db/database.ts';
import { toKilnError } from '../core/errors.ts';
import { dataPaths } from '../core/settings.ts';
import { checkKeymap } from './check.ts';
import { compileEnvironment } from './handlers.ts';
import type { CheckArguments, FromChecker, ToChecker } from './messages.ts';
import { testBuild } from './test-build.ts';

/** What it starts inherits it: a build that runs only while nobody else wants the processor. */
const LOWEST_PRIORITY = 19;

function main(): void {
  const { settings, idle, kind } = JSON.parse(process.argv[2] ?? '') as CheckArguments;
  if (idle) setPriority(LOWEST_PRIORITY);
  const database = openDatabase(dataPaths(settings).database);
  const environment = compileEnvironment(settings, database);
  const timeoutMs = settings.jobTimeoutSeconds * 1000;
  const say = (message: FromChecker): void => {
    if (process.connected) process.send?.(message);
  };
  let current: { readonly id: string; readonly stop: AbortController } | null = null;

  const check = async (id: string, payload: unknown): Promise<void> => {
    const stop = new AbortController();
    current = { id, stop };
    try {
      const run = {
        id,
        payload: compilePayloadSchema.parse(payload),
        timeoutMs,
        signal: stop.signal,
        onPlan: () => say({ type: 'plan', id }),
      };
      const carryOut = kind === 'test' ? testBuild : checkKeymap;
      const answer = await carryOut(run, environment);
      say({ type: 'answer', id, answer });
    } catch (error) {
      say({ type: 'error', id, error: toKilnError(error).toReport() });
    } finally {
      current = null;
    }
  };

  const end = (): void => {
    current?.stop.abort();
    database.close();
    if (process.connected) process.disconnect();
  };
  process.on('message', (message: ToChecker) => {
    if (message.type === 'work') void check(message.id, message.payload);
    else if (current?.id === message.id) current.stop.abort();
  });
  process.once('disconnect', end);
  process.once('SIGTERM', end);
  // On a terminal, Ctrl+C reaches the whole group; the service decides when this process ends.
  process.on('SIGINT', () => undefined);
}

main();
