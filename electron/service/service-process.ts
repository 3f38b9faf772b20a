/** One run of `kiln serve` as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { rotate } from '../log.ts';
import type { ServiceProgram } from '../place.ts';
import type { Trouble } from '../windows/trouble-page.ts';
import { parseAddressFile, parseFailure, type ServiceAddress } from './service-answers.ts';

/** Longer than the service takes to drain its workers. */
const STOP_MS = 15_000;
/** A start that takes longer hangs. */
const READY_MS = 60_000;
const LAST_LINES = 40;
const LINE_MAX = 500;

export interface ServiceRun {
  /** Resolves once it answers; null when it ended before that. */
  readonly ready: Promise<ServiceAddress | null>;
  /** Resolves at its end, with what is known of the cause. Never rejects. */
  readonly ended: Promise<Trouble>;
  /** Lets it hand its builds back and end, then ends it by force. */
  stop(): Promise<void>;
}

export interface ServiceRunOptions {
  readonly program: ServiceProgram;
  readonly env: Readonly<Record<string, string>>;
  /** The folder to run in. */
  readonly cwd: string;
  readonly logFile: string;
  /** The port to listen on; what the settings say when absent. */
  readonly port?: number;
}

/** Starts it. Ends with this process: its input closes then, whatever became of us. */
export function startServiceProcess(options: ServiceRunOptions): ServiceRun {
  const { program, env, cwd, logFile, port } = options;
  const args = [program.script, 'serve', '--json', '--stop-with-input'];
  if (port !== undefined) args.push('--port', String(port));
  rotate(logFile);
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  // A full disk: the service itself says so where it matters.
  log.on('error', () => undefined);
  const child = spawn(program.node, args, {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const lastLines: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log.write(text);
    lastLines.push(...text.split('\n').filter((line) => line !== ''));
    lastLines.splice(0, lastLines.length - LAST_LINES);
  });
  // It may end before it has read the end of its input.
  child.stdin.on('error', () => undefined);

  let output = '';
  let startError: Error | null = null;
  const ended = new Promise<Trouble>((resolve) => {
    const end = (how: string): void => {
      log.end();
      const lines = lastLines.map((line) => line.slice(0, LINE_MAX)).join('\n');
      resolve({ ...troubleOf(output, startError, how), lastLines: lines });
    };
    child.once('error', (error) => {
      startError = error;
      end('');
    });
    // Not `close`: workers of a killed service hold its stderr until they have ended too.
    child.once('exit', (code, signal) => {
      const how = signal ?? `code ${code}`;
      if (child.stdout.readableEnded) end(how);
      else child.stdout.once('end', () => end(how));
    });
  });
  const ready = new Promise<ServiceAddress | null>((resolve) => {
    const giveUp = setTimeout(() => child.kill('SIGKILL'), READY_MS);
    void ended.then(() => {
      clearTimeout(giveUp);
      resolve(null);
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, 64 * 1024);
      const address = output.includes('\n') ? parseAddressFile(output.trim()) : null;
      if (address === null) return;
      clearTimeout(giveUp);
      resolve(address);
    });
  });
  return { ready, ended, stop: () => stop(child, ended) };
}

function troubleOf(
  output: string,
  startError: Error | null,
  how: string,
): Omit<Trouble, 'lastLines'> {
  const failure = parseFailure(output.trim());
  if (failure !== null) return failure;
  const message =
    startError === null
      ? `The service ended by itself (${how}).`
      : `The service could not be started: ${startError.message}.`;
  return {
    code: 'service.not-started',
    message,
    remedy: 'Try again; the log says more.',
    portInUse: false,
  };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
