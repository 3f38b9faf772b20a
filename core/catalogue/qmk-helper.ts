/**
 * The long-lived Python process that answers for one QMK tree: `resources/python/kiln_catalogue.py`, which
 * describes the protocol. Started at the first question, ended after a quiet time, started again when it dies.
 * It answers one question after the other, in their order.
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

/** A question that takes longer has met something that never ends. The slowest real one takes some seconds. */
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
  /** Quiet time after which it ends to give its memory back (about 40 MB); 10 minutes by default. */
  readonly idleMs?: number;
  /** How long it may take to start, and for each answer; 60 seconds by default. */
  readonly answerTimeoutMs?: number;
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
   * @throws KilnError `tree.broken` when the tree's Python cannot be loaded or ends, `toolchain.missing` without the
   * qmk packages, `tree.missing` once it is closed; HelperRefusal when the question itself has no good answer.
   */
  ask(question: Question): Promise<unknown>;
  /** Starts it before the first question. @throws as `ask` does */
  warmUp(): Promise<void>;
  /** Ends the process unless it has something to do; the next question starts it again. */
  rest(): Promise<void>;
  /** Ends it for good, in the middle of an answer if need be. */
  close(): Promise<void>;
}

/** The tree's Python raised an exception over this one question. */
export class HelperRefusal extends Error {
  override readonly name = 'HelperRefusal';
}

class RestartNeeded extends Error {
  override readonly name = 'RestartNeeded';
}

interface Answer {
  readonly id?: number;
  readonly ok?: unknown;
  readonly error?: { readonly type: string; readonly message: string };
  readonly ready?: boolean;
  readonly fatal?: { readonly type: string; readonly message: string };
}

interface Waiting {
  readonly id: number;
  readonly answer: PromiseWithResolvers<unknown>;
}

/** One life of the process. */
class Session {
  readonly process: RunningProcess;
  readonly #options: QmkHelperOptions;
  readonly #ready = Promise.withResolvers<void>();
  readonly #stderr: string[] = [];
  #waiting: Waiting | null = null;

  constructor(options: QmkHelperOptions, onEnd: () => void) {
    this.#options = options;
    // Who asks first awaits it; nobody may be there when it dies before.
    this.#ready.promise.catch(() => undefined);
    const { toolchain, cacheFolder } = options;
    const flags = ['--compiled', join(cacheFolder, 'pycache')];
    if (options.background) flags.push('--background');
    this.process = start(toolchain.qmkPython(), ['-u', PROGRAM, ...flags], {
      cwd: options.treePath,
      // Answers are taken line by line, some of them long; none is to pile up.
      maxOutputBytes: 16 * 1024,
      maxLineLength: 16 * 1024 * 1024,
      env: {
        ...plainEnvironment(),
        PATH: toolchain.path,
        HOME: cacheFolder,
        PYTHONUTF8: '1',
      },
      onLine: (line, stream) => this.#onLine(line, stream),
    });
    void this.process.exited.then((result) => {
      onEnd();
      this.#fail(this.#reasonOf(result));
    });
  }

  async ask(id: number, question: Question): Promise<unknown> {
    await this.#ready.promise;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting = { id, answer };
    // One that ended meanwhile was not killed by this question.
    if (!this.process.writeLine(JSON.stringify({ id, ...question }))) throw new RestartNeeded();
    return answer.promise;
  }

  ready(): Promise<void> {
    return this.#ready.promise;
  }

  #onLine(line: string, stream: 'stdout' | 'stderr'): void {
    if (stream === 'stderr') {
      this.#stderr.push(line);
      if (this.#stderr.length > 20) this.#stderr.shift();
      return;
    }
    const { log, treeName } = this.#options;
    try {
      this.#onAnswer(JSON.parse(line) as Answer);
    } catch (error) {
      log.warn({ err: error, tree: treeName }, 'catalogue helper printed what is no answer');
    }
  }

  #onAnswer({ id, ok, error, ready, fatal }: Answer): void {
    if (ready) this.#ready.resolve();
    else if (fatal) this.#fail(brokenTree(this.#options, `${fatal.type}: ${fatal.message}.`));
    const waiting = this.#waiting;
    if (waiting === null || waiting.id !== id) return;
    this.#waiting = null;
    if (error) waiting.answer.reject(new HelperRefusal(error.message || error.type));
    else waiting.answer.resolve(ok);
  }

  #fail(reason: Error): void {
    this.#ready.reject(reason);
    this.#waiting?.answer.reject(reason);
    this.#waiting = null;
  }

  #reasonOf({ outcome, exitCode, failure }: RunResult): Error {
    if (exitCode === RESTART) return new RestartNeeded();
    if (failure !== undefined) return brokenTree(this.#options, failure.message);
    // Only what it said before it ended by itself tells why.
    const last = this.#stderr.findLast((line) => line.trim() !== '');
    const why = outcome === 'exited' ? (last ?? `status ${exitCode}`) : outcome;
    return brokenTree(this.#options, `its Python ended: ${why.replace(/\.$/, '')}.`);
  }
}

function brokenTree({ treeName }: QmkHelperOptions, message: string): KilnError {
  return new KilnError('tree.broken', `The firmware tree ${treeName} cannot be read: ${message}`, {
    details: { tree: treeName },
  });
}

export function createQmkHelper(options: QmkHelperOptions): QmkHelper {
  const { treeName, log, idleMs = 10 * 60_000 } = options;
  const { answerTimeoutMs = ANSWER_TIMEOUT_MS } = options;
  let session: Session | null = null;
  let nextId = 1;
  let closed = false;
  /** Questions that were not answered yet, the one in hand included. */
  let open = 0;
  let last: Promise<unknown> = Promise.resolve();
  let idleTimer: NodeJS.Timeout | undefined;

  const begin = (): Session => {
    if (closed) {
      throw new KilnError('tree.missing', `The firmware tree ${treeName} is not read any more.`, {
        remedy: 'Ask again: it was updated meanwhile, or Kiln is about to end.',
      });
    }
    const mine = new Session(options, () => {
      if (session === mine) session = null;
    });
    return mine;
  };

  /** The next question begins a session of its own, even while this one still ends. */
  const end = async (): Promise<void> => {
    const ending = session;
    session = null;
    await ending?.process.kill();
  };

  const withinTime = async <Result>(work: Promise<Result>, what: string): Promise<Result> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        log.warn({ tree: treeName, what }, 'catalogue helper does not answer; ending it');
        const seconds = answerTimeoutMs / 1000;
        reject(brokenTree(options, `its Python did not answer within ${seconds} seconds.`));
        void end();
      }, answerTimeoutMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };

  /** Works with a session, and with a new one as long as the present one says that it has to be started again. */
  const work = async <Result>(
    what: string,
    use: (current: Session) => Promise<Result>,
  ): Promise<Result> => {
    for (let start = 0; start <= MOST_RESTARTS; start += 1) {
      const current = session ?? begin();
      session = current;
      try {
        return await withinTime(use(current), what);
      } catch (error) {
        if (!(error instanceof RestartNeeded)) throw error;
        if (session === current) session = null;
      }
    }
    throw brokenTree(options, 'its Python keeps changing.');
  };

  /** After all that was asked before. */
  const inTurn = async <Result>(doIt: () => Promise<Result>): Promise<Result> => {
    clearTimeout(idleTimer);
    open += 1;
    const mine = last.then(doIt);
    last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      open -= 1;
      if (open === 0 && !closed) {
        idleTimer = setTimeout(() => void end(), idleMs);
        idleTimer.unref();
      }
    }
  };

  return {
    ask: (question) =>
      inTurn(() =>
        work(question.keyboard ?? question.method, (current) => current.ask(nextId++, question)),
      ),
    warmUp: () => inTurn(() => work('start', (current) => current.ready())),
    async rest() {
      if (open > 0) return;
      clearTimeout(idleTimer);
      await end();
    },
    async close() {
      closed = true;
      clearTimeout(idleTimer);
      await end();
    },
  };
}
