/**
 * The process that checks keymaps, one at a time: started when it is first needed, ended when nobody has needed it for
 * a while, so that its memory is only taken while it serves somebody.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CheckAnswer } from '../../core/compile/check.ts';
import { networkEnvironment } from '../../core/environment.ts';
import { errorFromReport, KilnError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { dataPaths, partSecrets, type Settings } from '../../core/settings.ts';
import { type ProcessIdentity, type RunningProcess, start } from '../../core/subprocess.ts';
import { removeLeftovers } from '../../worker/build/build-folder.ts';
import type { CheckArguments, FromChecker, ToChecker } from '../../worker/messages.ts';
import type { CheckRun } from './check-desk.ts';
import { SMALL_HEAP } from './small-heap.ts';

const PROGRAM = join(import.meta.dirname, '../../worker/check-main.ts');

/** Long enough for somebody who thinks about a key. */
const IDLE_MS = 5 * 60_000;

export interface CheckerOptions {
  /** What is carried out; `check` by default. */
  readonly kind?: 'check' | 'test';
  readonly settings: Settings;
  readonly log: Logger;
  /** Lets it run only when nobody else wants the processor. */
  readonly idle: boolean;
  /** Milliseconds without a check after which the process ends; five minutes by default. */
  readonly idleMs?: number;
  readonly onProcess?: (identity: ProcessIdentity) => void;
}

export interface Checker<Answer = CheckAnswer> {
  /**
   * The caller waits for the end of each check before the next.
   * @throws KilnError as a build does; `check.unavailable` when the process dies
   */
  run(check: CheckRun): Promise<Answer>;
  stop(): Promise<void>;
}

interface Waiting<Answer> {
  readonly id: string;
  readonly onPlan: () => void;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** @typeParam Answer what builds of that kind answer with. */
export function createChecker<Answer = CheckAnswer>(options: CheckerOptions): Checker<Answer> {
  const { settings, log, idle, kind = 'check', idleMs = IDLE_MS } = options;
  let running: RunningProcess | null = null;
  let waiting: Waiting<Answer> | null = null;
  let timer: NodeJS.Timeout | undefined;

  const end = async (): Promise<void> => {
    clearTimeout(timer);
    const mine = running;
    running = null;
    await mine?.kill();
  };

  /** @returns who waits for that check, or null when nobody does any more. */
  const settle = (id: string): Waiting<Answer> | null => {
    if (waiting?.id !== id) return null;
    const mine = waiting;
    waiting = null;
    timer = setTimeout(() => void end(), idleMs);
    timer.unref();
    return mine;
  };

  const onMessage = (message: FromChecker): void => {
    switch (message.type) {
      case 'plan':
        if (waiting?.id === message.id) waiting.onPlan();
        return;
      case 'answer':
        settle(message.id)?.resolve(message.answer as Answer);
        return;
      case 'error':
        settle(message.id)?.reject(errorFromReport(message.error));
    }
  };

  /** What the dead process left goes first, so that nobody meets it. */
  const giveUp = async (id: string): Promise<void> => {
    await removeLeftovers(dataPaths(settings).builds, [id]).catch((error: unknown) =>
      log.warn({ err: error }, 'what a check left could not be removed'),
    );
    const died = 'The process that checks keymaps died over this one.';
    settle(id)?.reject(new KilnError('check.unavailable', died));
  };

  const begin = (): RunningProcess => {
    const checkArguments: CheckArguments = { settings: partSecrets(settings).shown, idle, kind };
    const mine = start(process.execPath, [...SMALL_HEAP, PROGRAM, JSON.stringify(checkArguments)], {
      cwd: settings.dataDir,
      env: networkEnvironment(),
      maxOutputBytes: 16 * 1024,
      stderr: 'inherit',
      onMessage: (message) => onMessage(message as FromChecker),
      ...(options.onProcess === undefined ? {} : { onSpawn: options.onProcess }),
    });
    void mine.exited.then(({ outcome, exitCode, signal }) => {
      // Ended by us otherwise; then whoever waited has been told.
      if (running !== mine) return;
      running = null;
      log.error({ outcome, exitCode, signal }, 'the process that checks keymaps died');
      if (waiting !== null) void giveUp(waiting.id);
    });
    return mine;
  };

  return {
    run({ payload, signal, onPlan }) {
      clearTimeout(timer);
      running ??= begin();
      const mine = running;
      const id = `check${randomBytes(8).toString('hex')}`;
      const say = (message: ToChecker): void => void mine.send(message);
      const answer = new Promise<Answer>((resolve, reject) => {
        waiting = { id, onPlan, resolve, reject };
      });
      say({ type: 'work', id, payload });
      const abort = (): void => say({ type: 'abort', id });
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort);
      return answer.finally(() => signal.removeEventListener('abort', abort));
    },
    async stop() {
      const mine = waiting;
      waiting = null;
      await end();
      mine?.reject(new KilnError('job.canceled', 'The service stops.'));
    },
  };
}
