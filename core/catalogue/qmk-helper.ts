/**
 * The long-lived Python process that answers for one QMK tree: `resources/python/kiln_catalogue.py`, which
 * describes the protocol. Started at the first question, ended after a quiet time, started again when it dies.
 */
import { join } from 'node:path';
import { plainEnvironment } from '../environment.ts';
import { KilnError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type RunningProcess, type RunResult, start } from '../subprocess.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';

const PROGRAM = join(import.meta.dirname, '../../resources/python/kiln_catalogue.py');

/** It ends itself with this when the tree's own Python changed: ask its successor. */
const RESTART = 75;

/** While a tree is updated, its Python may change from one start to the next. */
const MOST_RESTARTS = 3;

/** The slowest real answer, with the start before it, takes under 2 s. */
const ANSWER_MS = 60_000;
const IDLE_MS = 10 * 60_000;

export interface QmkHelperOptions {
  readonly toolchain: Toolchain;
  readonly treePath: string;
  readonly treeName: string;
  /** Folder for Python's compiled files, so that none is written into the tree. */
  readonly cacheFolder: string;
  readonly log: Logger;
  /** Runs at a lower priority. */
  readonly background: boolean;
  /** Quiet time after which it ends to give its memory back (about 60 MB); ten minutes by default. */
  readonly idleMs?: number;
  /** A question that takes longer has met something that never ends; a minute by default. */
  readonly answerMs?: number;
}

export interface Question {
  readonly method: 'read' | 'facts';
  readonly keyboard?: string;
  /** Forget first what the tree's code keeps of files. */
  readonly refresh?: boolean;
  /** Let the tree's own Python validate. */
  readonly strict?: boolean;
}

export interface QmkHelper {
  /**
   * @throws KilnError `tree.broken` when the tree's Python cannot be loaded, `toolchain.missing` without the qmk
   * packages; HelperRefusal when the question itself has no good answer.
   */
  ask(question: Question): Promise<unknown>;
  close(): Promise<void>;
}

/** The tree's Python raised an exception over this one question. */
export class HelperRefusal extends Error {
  override readonly name = 'HelperRefusal';
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Session {
  readonly process: RunningProcess;
  /** Questions without an answer so far, by their number. */
  readonly waiting: Map<number, Waiting>;
}

interface Answer {
  readonly id?: number;
  readonly ok?: unknown;
  readonly error?: { readonly type: string; readonly message: string };
  /** The tree's Python cannot be loaded: there will be no answers. */
  readonly fatal?: { readonly type: string; readonly message: string };
}

class RestartNeeded extends Error {
  override readonly name = 'RestartNeeded';
}

/** Why it ended: what it said before it ended by itself, else how. */
function describeEnd(result: RunResult, stderr: readonly string[]): string {
  if (result.outcome === 'not-started') return result.failure?.message ?? 'it was not started';
  if (result.outcome !== 'exited') return result.outcome;
  return stderr.findLast((line) => line.trim() !== '') ?? `status ${result.exitCode}`;
}

export function createQmkHelper(options: QmkHelperOptions): QmkHelper {
  const { toolchain, treePath, treeName, cacheFolder, log } = options;
  const { idleMs = IDLE_MS, answerMs = ANSWER_MS } = options;
  const flags = options.background ? ['--background'] : [];
  let session: Session | null = null;
  let nextId = 1;
  let idleTimer: NodeJS.Timeout | undefined;
  let closed = false;

  const broken = (message: string) =>
    new KilnError('tree.broken', `The firmware tree ${treeName} cannot be read: ${message}`, {
      details: { tree: treeName },
    });

  /** The next question begins a session of its own, even while this one still ends. */
  const forget = (which: Session): void => {
    if (session === which) session = null;
  };

  const begin = (): Session => {
    const waiting = new Map<number, Waiting>();
    const stderr: string[] = [];

    const rejectAll = (error: Error): void => {
      for (const entry of waiting.values()) {
        clearTimeout(entry.timer);
        entry.reject(error);
      }
      waiting.clear();
    };

    const onAnswer = (answer: Answer): void => {
      if (answer.fatal) {
        forget(mine);
        rejectAll(broken(`${answer.fatal.type}: ${answer.fatal.message}.`));
      }
      const entry = waiting.get(answer.id ?? -1);
      if (entry === undefined) return;
      waiting.delete(answer.id ?? -1);
      clearTimeout(entry.timer);
      if (answer.error) entry.reject(new HelperRefusal(answer.error.message));
      else entry.resolve(answer.ok);
    };

    const process = start(toolchain.qmkPython(), ['-u', PROGRAM, ...flags], {
      cwd: treePath,
      // Answers are taken line by line, the longest being that of a large keyboard; none is to pile up.
      maxOutputBytes: 16 * 1024,
      maxLineLength: 16 * 1024 * 1024,
      env: {
        ...plainEnvironment(),
        PATH: toolchain.path,
        HOME: cacheFolder,
        PYTHONPYCACHEPREFIX: join(cacheFolder, 'pycache'),
        PYTHONUTF8: '1',
      },
      onLine: (line, stream) => {
        if (stream === 'stderr') {
          stderr.push(line);
          if (stderr.length > 20) stderr.shift();
          return;
        }
        try {
          onAnswer(JSON.parse(line) as Answer);
        } catch (error) {
          log.warn({ err: error, tree: treeName }, 'catalogue helper printed what is no answer');
        }
      },
    });
    const mine: Session = { process, waiting };
    process.exited.then((result) => {
      forget(mine);
      // Ended for another question's sake, or idle at the very moment: these are to be asked again.
      const isOurs = result.outcome === 'canceled' && !closed;
      rejectAll(
        result.exitCode === RESTART || isOurs
          ? new RestartNeeded()
          : broken(`its Python ended: ${describeEnd(result, stderr).replace(/\.$/, '')}.`),
      );
    });
    return mine;
  };

  const end = async (which: Session | null): Promise<void> => {
    if (which === null) return;
    forget(which);
    await which.process.kill();
  };

  const askOnce = (question: Question): Promise<unknown> => {
    session ??= begin();
    const mine = session;
    const id = nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    // The start counts too: the tree's Python may hang while it is loaded.
    const timer = setTimeout(() => {
      log.warn({ tree: treeName, question }, 'catalogue helper does not answer; ending it');
      mine.waiting.delete(id);
      reject(broken(`its Python did not answer within ${answerMs / 1000} seconds.`));
      void end(mine);
    }, answerMs);
    mine.waiting.set(id, { resolve, reject, timer });
    // What is written before it reads waits in the pipe.
    const isHeard = mine.process.writeLine(JSON.stringify({ id, ...question }));
    if (!isHeard && mine.process.pid !== undefined) {
      // It ended over an earlier question.
      forget(mine);
      clearTimeout(timer);
      mine.waiting.delete(id);
      reject(new RestartNeeded());
    }
    return promise;
  };

  const askAgain = async (question: Question, restarts = 0): Promise<unknown> => {
    try {
      return await askOnce(question);
    } catch (error) {
      if (!(error instanceof RestartNeeded)) throw error;
      if (restarts === MOST_RESTARTS) throw broken('its Python keeps changing.');
      return askAgain(question, restarts + 1);
    }
  };

  const endWhenIdle = (): void => {
    clearTimeout(idleTimer);
    if (session === null || session.waiting.size > 0) return;
    idleTimer = setTimeout(() => void end(session), idleMs);
    idleTimer.unref();
  };

  return {
    async ask(question) {
      clearTimeout(idleTimer);
      return askAgain(question).finally(endWhenIdle);
    },
    async close() {
      closed = true;
      clearTimeout(idleTimer);
      await end(session);
    },
  };
}
