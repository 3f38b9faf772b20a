/**
 * The long-lived Python process that answers for one QMK tree: `resources/python/kiln_catalogue.py`, which
 * describes the protocol. Started at the first question, ended after a quiet time, started again when it dies.
 */
import { join } from 'node:path';
import { plainEnvironment } from '../environment.ts';
import { KilnError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type RunningProcess, start } from '../subprocess.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';

const PROGRAM = join(import.meta.dirname, '../../resources/python/kiln_catalogue.py');

/** It ends itself with this when the tree's own Python changed: ask its successor. */
const RESTART = 75;

/** A question that takes longer has met something that never ends. The slowest real one takes under 1 s. */
const ANSWER_TIMEOUT_MS = 60_000;

export interface QmkHelperOptions {
  readonly toolchain: Toolchain;
  readonly treePath: string;
  readonly treeName: string;
  /** Folder for Python's compiled files, so that none is written into the tree. */
  readonly cacheFolder: string;
  readonly log: Logger;
  /** Runs at a lower priority. */
  readonly background: boolean;
  /** Quiet time after which it ends to give its memory back (about 60 MB). */
  readonly idleMs?: number;
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
  readonly ready: Promise<void>;
  readonly waiting: Map<number, Waiting>;
}

interface Answer {
  readonly id?: number;
  readonly ok?: unknown;
  readonly error?: { readonly type: string; readonly message: string };
  readonly ready?: boolean;
  readonly fatal?: { readonly type: string; readonly message: string };
}

export function createQmkHelper(options: QmkHelperOptions): QmkHelper {
  const { toolchain, treePath, treeName, cacheFolder, log, idleMs = 10 * 60_000 } = options;
  const flags = options.background ? ['--background'] : [];
  let session: Session | null = null;
  let nextId = 1;
  let idleTimer: NodeJS.Timeout | undefined;

  const broken = (message: string) =>
    new KilnError('tree.broken', `The firmware tree ${treeName} cannot be read: ${message}`, {
      details: { tree: treeName },
    });

  const begin = (): Session => {
    const waiting = new Map<number, Waiting>();
    const ready = Promise.withResolvers<void>();
    // Who asks first awaits it; nobody may be there when it dies before.
    ready.promise.catch(() => undefined);
    const stderr: string[] = [];

    const onAnswer = (answer: Answer) => {
      if (answer.ready) return ready.resolve();
      if (answer.fatal) {
        return ready.reject(broken(`${answer.fatal.type}: ${answer.fatal.message}.`));
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
      // Answers are taken line by line, the list of all keyboards being the longest; none is to pile up.
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
    const mine: Session = { process, ready: ready.promise, waiting };
    process.exited.then((result) => {
      if (session === mine) session = null;
      // Only what it said before it ended by itself tells why.
      const last =
        result.outcome === 'exited' ? stderr.findLast((line) => line.trim() !== '') : null;
      const why =
        last ?? (result.outcome === 'exited' ? `status ${result.exitCode}` : result.outcome);
      const error =
        result.exitCode === RESTART ? new RestartNeeded() : broken(`its Python ended: ${why}.`);
      ready.reject(error);
      for (const entry of waiting.values()) {
        clearTimeout(entry.timer);
        entry.reject(error);
      }
      waiting.clear();
    });
    return mine;
  };

  /** The next question begins a session of its own, even while this one still ends. */
  const end = (which: Session | null): Promise<unknown> => {
    if (session === which) session = null;
    return which?.process.kill() ?? Promise.resolve();
  };

  const askOnce = async (question: Question): Promise<unknown> => {
    session ??= begin();
    const mine = session;
    await mine.ready;
    const id = nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      log.warn({ tree: treeName, question }, 'catalogue helper does not answer; ending it');
      mine.waiting.delete(id);
      reject(broken(`its Python did not answer within ${ANSWER_TIMEOUT_MS / 1000} seconds.`));
      void end(mine);
    }, ANSWER_TIMEOUT_MS);
    mine.waiting.set(id, { resolve, reject, timer });
    mine.process.writeLine(JSON.stringify({ id, ...question }));
    return promise;
  };

  return {
    async ask(question) {
      clearTimeout(idleTimer);
      try {
        return await askOnce(question).catch((error: unknown) => {
          if (error instanceof RestartNeeded) return askOnce(question);
          throw error;
        });
      } finally {
        idleTimer = setTimeout(() => void end(session), idleMs);
        idleTimer.unref();
      }
    },
    async close() {
      clearTimeout(idleTimer);
      await end(session);
    },
  };
}

class RestartNeeded extends Error {
  override readonly name = 'RestartNeeded';
}
