/**
 * The one door to other programs: argument arrays, no shell, an explicit environment, an own process group,
 * limits on time and output, and one shape of result however a run ends.
 *
 * The end of a run is the end of all that it started. A program that was stopped first hears SIGTERM, then,
 * after a grace, SIGKILL, and so do its children, even those that left its group (on Linux; elsewhere a
 * process that leaves the group escapes). The one that lives on is a daemon of a program that ended well, if
 * it left the group and holds none of our pipes. Why so: docs/decisions/end-of-a-run.md.
 */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { execa } from 'execa';
import { endGroup, hostOf, MARK_VARIABLE, type ProcessIdentity } from './process-group.ts';
import { LineDecoder, OutputRecorder, type OutputStream } from './process-output.ts';
import { describeStartFailure, type StartFailure } from './start-failure.ts';

export type { ProcessIdentity } from './process-group.ts';

/** How long SIGTERM may take before SIGKILL, unless a run says otherwise. */
const KILL_GRACE_MS = 1000;
/** How long SIGKILL may take. Grace and this together keep a stopped run within two seconds. */
const FORCE_MS = 900;
const POLL_MS = 40;
/** After the program's own end: quiet time after which whoever still holds its output is taken for left behind. */
const DRAIN_QUIET_MS = 200;
const DRAIN_MOST_MS = 2000;
/** `setTimeout` fires at once above this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface CommonOptions {
  /** The folder to run in. */
  readonly cwd: string;
  /** The whole environment: nothing is inherited. Programs are looked up in its `PATH`. */
  readonly env: Readonly<Record<string, string>>;
  /** Output kept in the result; of more, beginning and end are kept. `onLine` gets all of it. */
  readonly maxOutputBytes: number;
  /** Characters after which a line that does not end is cut; `maxOutputBytes` by default. */
  readonly maxLineLength?: number;
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal;
  /** Each line as it is printed. When it throws, the run is stopped and its promise rejects with that. */
  readonly onLine?: (line: string, stream: OutputStream) => void;
  /** Text as it comes, in pieces: for a progress bar that grows within a line. Throwing acts as in `onLine`. */
  readonly onText?: (text: string, stream: OutputStream) => void;
  /** Called once the program runs, with what `killGroupIfSame` needs should this process die. */
  readonly onSpawn?: (identity: ProcessIdentity) => void;
  /** Time between SIGTERM and SIGKILL; 1000 by default, 0 for SIGKILL at once. */
  readonly killGraceMs?: number;
}

export interface RunOptions extends CommonOptions {
  /** Wall time, after which the run is stopped. */
  readonly timeoutMs: number;
  /**
   * What the program reads; without it, its input is empty. A promise, that never rejects, lets the program wait until it
   * is known.
   */
  readonly stdin?: string | Promise<string>;
  /** What it finds at the file descriptors 3, 4 and so on, each to be read to its end. */
  readonly files?: readonly Uint8Array[];
}

export interface StartOptions extends CommonOptions {
  /** Wall time, after which it is stopped; none by default. */
  readonly timeoutMs?: number;
  /** `inherit` lets it write to our own stderr; by default its lines are recorded. */
  readonly stderr?: 'record' | 'inherit';
  /** Opens Node's message channel (for programs run by Node); its messages come here. */
  readonly onMessage?: (message: unknown) => void;
}

/**
 * - `exited`: ended by itself, with `exitCode`.
 * - `signaled`: ended by a signal that was not ours (a crash, the system's memory killer).
 * - `timed-out`, `canceled`: stopped by us; all that it started is gone.
 * - `not-started`: it never ran; `failure` says why.
 */
export type Outcome = 'exited' | 'signaled' | 'timed-out' | 'canceled' | 'not-started';

export interface RunResult {
  readonly outcome: Outcome;
  /** Null unless it ended by itself. After a stop: what it still answered, if anything. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Lines joined by `\n`, without the last line's end. Not for binary data. */
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, line by line in order of arrival. */
  readonly output: string;
  /** Whether output was left out, of which a line in its place tells. */
  readonly truncated: boolean;
  readonly durationMs: number;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly failure?: StartFailure;
}

export interface RunningProcess {
  /** Undefined when it could not be started; `exited` then says why. */
  readonly pid: number | undefined;
  /** Never rejects, unless one of the callbacks threw. */
  readonly exited: Promise<RunResult>;
  /** Writes one line to its input. @returns false when it reads no more. */
  writeLine(text: string): boolean;
  /** Closes its input; most line-wise helpers end at that. */
  endInput(): void;
  /** Sends a message over the channel. @returns false when there is none (any more). */
  send(message: object): boolean;
  /** Ends it and all that it started, within two seconds; resolves when they are gone. */
  kill(): Promise<RunResult>;
}

/** Runs a program to its end. Rejects only with what a callback of the caller threw. */
export function run(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const { stdin, files = [], ...rest } = options;
  const input = stdin === undefined ? 'nothing' : { text: stdin };
  return new Running([file, ...args], rest, input, files).exited;
}

/** Starts a program that lives on: a helper that answers line by line, or a worker with a message channel. */
export function start(
  file: string,
  args: readonly string[],
  options: StartOptions,
): RunningProcess {
  return new Running([file, ...args], options, 'lines');
}

/** What tells the process of this number from a later one; undefined when there is none. */
export async function processIdentity(pid: number): Promise<ProcessIdentity | undefined> {
  const startTime = await host.startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/**
 * Ends, by force, what is left of a program that an earlier process of ours started, be its leader dead or
 * alive. Does nothing when the number belongs to someone else by now.
 * @returns whether there was anything to end.
 */
export function killGroupIfSame(identity: ProcessIdentity): Promise<boolean> {
  return endGroup(host, identity, { graceMs: 0, forceMs: FORCE_MS, pollMs: POLL_MS });
}

/** What a program reads: lines to come, nothing, or one text. */
type Input = 'lines' | 'nothing' | { readonly text: string | Promise<string> };

type Child = ReturnType<typeof spawn>;

const load = createRequire(import.meta.url);

/** Loaded with the first program that is started: a service answers a tenth of a second earlier without it. */
function loadExeca(): typeof execa {
  return (load('execa') as typeof import('execa')).execa;
}

/** Settings that differ from execa's defaults have their reason beside them. */
function spawn(
  [file, ...args]: readonly [string, ...string[]],
  options: StartOptions,
  input: Input,
  mark: string,
  files: readonly Uint8Array[],
) {
  return loadExeca()(file, args, {
    cwd: options.cwd,
    env: { ...options.env, ...(host.marks ? { [MARK_VARIABLE]: mark } : {}) },
    extendEnv: false,
    stdio: [
      input === 'nothing' ? 'ignore' : 'pipe',
      'pipe',
      options.stderr === 'inherit' ? 'inherit' : 'pipe',
      ...files,
    ],
    ipc: options.onMessage !== undefined,
    // We read the output ourselves: execa would keep all of it, or stop the program at its limit.
    buffer: false,
    // One result for every end; see `RunResult`.
    reject: false,
    // An own session and group, and the whole of it ended when this process exits.
    killDescendants: true,
    // Our ladder knows members outside of the group and goes on when the leader is dead.
    forceKillAfterDelay: false,
  });
}

/** How a system tool is run for the platforms whose process table is no folder. */
async function runTool(file: string, args: readonly string[]): Promise<string | undefined> {
  const env = { LC_ALL: 'C', TZ: 'UTC' };
  const result = await loadExeca()(file, [...args], { env, reject: false, timeout: 10_000 });
  return result.failed ? undefined : result.stdout;
}

const host = hostOf(process.platform, runTool);

function groupExists(leader: number): boolean {
  try {
    return process.kill(-leader, 0);
  } catch {
    return false;
  }
}

/** Whether `promise` settles in time. What was ready by then counts, however busy this process was. */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => setImmediate(resolve, false), ms);
  });
  const isSettled = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return isSettled;
}

interface Exit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

class Running implements RunningProcess {
  readonly exited: Promise<RunResult>;
  readonly #command: readonly [string, ...string[]];
  readonly #options: StartOptions;
  readonly #files: readonly Uint8Array[];
  readonly #recorder: OutputRecorder;
  readonly #mark = [host.ownMark(), randomUUID()].filter(Boolean).join('/');
  readonly #began = performance.now();
  /** Resolves when both signals had their time and the leader still runs: it hangs in the kernel. */
  readonly #gaveUp = Promise.withResolvers<Exit>();
  #child: Child | undefined;
  #identity: Promise<ProcessIdentity | undefined> = Promise.resolve(undefined);
  #pipes: Promise<unknown> = Promise.resolve();
  #chunks = 0;
  #hasExited = false;
  /** Why we stopped it, once we did, and the stopping. */
  #stopped: 'timed-out' | 'canceled' | undefined;
  #stopping: Promise<unknown> | undefined;
  #callbackError: { readonly thrown: unknown } | undefined;

  constructor(
    command: readonly [string, ...string[]],
    options: StartOptions,
    input: Input,
    files: readonly Uint8Array[] = [],
  ) {
    this.#command = command;
    this.#options = options;
    this.#files = files;
    this.#recorder = new OutputRecorder(options.maxOutputBytes);
    this.exited = this.#follow(input);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  writeLine(text: string): boolean {
    const stdin = this.#child?.stdin;
    if (this.#hasExited || !stdin?.writable) return false;
    stdin.write(`${text}\n`);
    return true;
  }

  endInput(): void {
    this.#child?.stdin?.end();
  }

  send(message: object): boolean {
    const node = this.#child?.nodeChildProcess;
    if (!node?.connected) return false;
    // Without a callback, a channel that closes meanwhile would be an unhandled error.
    node.send(message, () => undefined);
    return true;
  }

  kill(): Promise<RunResult> {
    this.#stop('canceled');
    return this.exited;
  }

  async #follow(input: Input): Promise<RunResult> {
    const { signal, timeoutMs } = this.#options;
    if (signal?.aborted) return this.#result('canceled');
    let child: Child;
    try {
      child = spawn(this.#command, this.#options, input, this.#mark, this.#files);
    } catch (error) {
      return this.#notStarted(error);
    }
    if (child.pid === undefined) return this.#notStarted((await child).cause);
    this.#child = child;
    const exit = this.#attach(child, child.pid, input);
    const cancel = () => this.#stop('canceled');
    signal?.addEventListener('abort', cancel, { once: true });
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => this.#stop('timed-out'), Math.min(timeoutMs, LONGEST_TIMER_MS));
    const ended = await Promise.race([exit, this.#gaveUp.promise]);
    this.#hasExited = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    await this.#cleanUp(child, child.pid, ended);
    if (this.#callbackError !== undefined) throw this.#callbackError.thrown;
    return this.#result(this.#stopped ?? (ended.signal ? 'signaled' : 'exited'), ended);
  }

  /** Wires output, input, messages and identity; resolves at the leader's own end. */
  #attach(child: Child, pid: number, input: Input): Promise<Exit> {
    const { onMessage, onSpawn } = this.#options;
    const node = child.nodeChildProcess;
    this.#pipes = Promise.all([
      this.#read(node.stdout, 'stdout'),
      this.#read(node.stderr, 'stderr'),
    ]);
    // A program may end without having read all of its input.
    child.stdin?.on('error', () => undefined);
    if (typeof input === 'object') {
      void Promise.resolve(input.text).then((text) => child.stdin?.end(text));
    }
    if (onMessage !== undefined) {
      node.on('message', (message) => this.#call(() => onMessage(message)));
    }
    this.#identity = host.startTimeOf(pid).then((startTime) => {
      if (startTime === undefined) return undefined;
      const identity = { pid, startTime, ...(host.marks ? { mark: this.#mark } : {}) };
      this.#call(() => onSpawn?.(identity));
      return identity;
    });
    return new Promise((resolve) => {
      node.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    });
  }

  /** Resolves when the stream is closed and its last line was given out. */
  #read(stream: Readable | null, name: OutputStream): Promise<void> {
    if (stream === null) return Promise.resolve();
    const { onLine, onText, maxOutputBytes, maxLineLength = maxOutputBytes } = this.#options;
    const decoder = new LineDecoder((line) => {
      this.#recorder.add(name, line);
      if (onLine !== undefined) this.#call(() => onLine(line, name));
    }, maxLineLength);
    const pieces = onText === undefined ? undefined : new StringDecoder('utf8');
    stream.on('data', (chunk: Buffer) => {
      this.#chunks += 1;
      const text = pieces?.write(chunk) ?? '';
      if (text !== '') this.#call(() => onText?.(text, name));
      decoder.write(chunk);
    });
    stream.on('error', () => undefined);
    return new Promise((resolve) => {
      stream.once('close', () => {
        decoder.end();
        resolve();
      });
    });
  }

  /** A caller's callback that throws stops the run, and is what the run's promise rejects with. */
  #call(callback: () => void): void {
    if (this.#callbackError !== undefined) return;
    try {
      callback();
    } catch (thrown) {
      this.#callbackError = { thrown };
      this.#stop('canceled');
    }
  }

  #stop(reason: 'timed-out' | 'canceled'): void {
    if (this.#child === undefined || this.#hasExited || this.#stopped !== undefined) return;
    this.#stopped = reason;
    this.#stopping = this.#end(this.#options.killGraceMs ?? KILL_GRACE_MS).then(() =>
      setTimeout(() => this.#gaveUp.resolve({ exitCode: null, signal: null }), FORCE_MS).unref(),
    );
  }

  async #end(graceMs: number): Promise<void> {
    const identity = await this.#identity;
    // Without identity there is no table to look into; execa signals the group.
    if (identity === undefined) this.#child?.kill('SIGKILL');
    else await endGroup(host, identity, { graceMs, forceMs: FORCE_MS, pollMs: POLL_MS });
  }

  /** After the leader's end: reads what is still in the pipes, and ends who was left behind. */
  async #cleanUp(child: Child, pid: number, ended: Exit): Promise<void> {
    await this.#stopping;
    const isDrained = await this.#drain(DRAIN_QUIET_MS);
    // The usual case, a good end with nobody left, is spared the look at all processes.
    if (!isDrained || ended.exitCode !== 0 || groupExists(pid)) await this.#end(0);
    if (isDrained || (await this.#drain(POLL_MS))) return;
    // Only who is out of our reach (another user's process) still holds them.
    child.nodeChildProcess.stdout?.destroy();
    child.nodeChildProcess.stderr?.destroy();
    await this.#pipes;
  }

  /** Waits until the pipes close, or bring nothing more for a while. @returns whether they closed. */
  async #drain(quietMs: number): Promise<boolean> {
    const began = performance.now();
    for (;;) {
      const before = this.#chunks;
      if (await settlesWithin(this.#pipes, quietMs)) return true;
      const isQuiet = this.#chunks === before;
      if (isQuiet || performance.now() - began > DRAIN_MOST_MS) return false;
    }
  }

  #notStarted(cause: unknown): RunResult {
    const failure = describeStartFailure(this.#command[0], this.#options.cwd, cause);
    return this.#result('not-started', undefined, failure);
  }

  #result(outcome: Outcome, ended?: Exit, failure?: StartFailure): RunResult {
    return {
      outcome,
      exitCode: ended?.exitCode ?? null,
      signal: ended?.signal ?? null,
      stdout: this.#recorder.text('stdout'),
      stderr: this.#recorder.text('stderr'),
      output: this.#recorder.text(),
      truncated: this.#recorder.truncated,
      durationMs: Math.round(performance.now() - this.#began),
      command: this.#command,
      ...(failure === undefined ? {} : { failure }),
    };
  }
}
