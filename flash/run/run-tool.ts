/** Runs one flashing tool: reads its output as it comes, and ends it when it has nothing more to say. */
import { copyFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { flashingEnvironment } from '../../core/environment.ts';
import { type ErrorReport, errnoOf, KilnError } from '../../core/errors.ts';
import { run } from '../../core/subprocess.ts';
import type { Toolchain } from '../../core/toolchain/toolchain.ts';
import type { Evidence, ToolCommand } from '../tools/contract.ts';
import type { StepOutcome } from './state.ts';

export interface ToolRunOptions {
  readonly toolchain: Pick<Toolchain, 'need' | 'path'>;
  /** The run's own folder. */
  readonly folder: string;
  readonly onEvidence: (evidence: Evidence) => void;
  readonly onLine: (line: string) => void;
  /** Aborting it ends the tool. */
  readonly signal: AbortSignal;
  /** Whether the device is still there; a silent tool whose device is gone is ended soon. */
  readonly isThere: () => boolean;
  /** Ends a silent tool after so long, where that is sooner than the tool's own limit; for tests. */
  readonly silenceMs?: number;
}

export interface ToolEnd {
  readonly outcome: StepOutcome;
  readonly exitCode: number | null;
  readonly error?: ErrorReport;
}

/** However much it says: no keyboard takes so long. */
const LONGEST_MS = 10 * 60_000;
/** A tool may well say its last words after the device has left. */
const GONE_MS = 3000;
const LOOK_MS = 100;
/** A tool that will not hear SIGTERM has nothing left to save. */
const KILL_GRACE_MS = 300;

/** A tool without its files says so itself, and where they are missing it may have been built with them. */
async function bringBeside(
  file: string,
  { beside = [] }: ToolCommand,
  { folder, onLine }: ToolRunOptions,
): Promise<void> {
  for (const name of beside) {
    const source = join(dirname(await realpath(file)), name);
    await copyFile(source, join(folder, name)).catch((error: unknown) => {
      onLine(`${source} could not be read (${errnoOf(error) ?? 'unknown reason'}).`);
    });
  }
}

/** Never rejects for anything that the tool does. */
export async function runTool(command: ToolCommand, options: ToolRunOptions): Promise<ToolEnd> {
  let file: string;
  try {
    file = options.toolchain.need(command.tool).file;
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    return { outcome: 'not-started', exitCode: null, error: error.toReport() };
  }
  await bringBeside(file, command, options);
  const reader = command.createReader();
  const silence = new AbortController();
  let heardAt = performance.now();
  let hasSpoken = false;
  const limit = options.silenceMs ?? Number.POSITIVE_INFINITY;
  let lostAt: number | null = null;
  const watchdog = setInterval(() => {
    const now = performance.now();
    if (options.isThere()) lostAt = null;
    else lostAt ??= now;
    const quiet = now - heardAt;
    const isLost = lostAt !== null && now - lostAt > GONE_MS && quiet > GONE_MS;
    const allowed = hasSpoken ? command.silenceMs : (command.firstWordMs ?? command.silenceMs);
    if (quiet > Math.min(allowed, limit) || isLost) silence.abort();
  }, LOOK_MS);
  options.onLine(`$ ${[file, ...command.args].join(' ')}`);
  const result = await run(file, command.args, {
    cwd: options.folder,
    env: { ...flashingEnvironment(), PATH: options.toolchain.path },
    timeoutMs: LONGEST_MS,
    maxOutputBytes: 256 * 1024,
    signal: AbortSignal.any([options.signal, silence.signal]),
    killGraceMs: KILL_GRACE_MS,
    onLine: options.onLine,
    onText(text) {
      heardAt = performance.now();
      hasSpoken = true;
      for (const evidence of reader.read(text)) options.onEvidence(evidence);
    },
  }).finally(() => clearInterval(watchdog));
  // The last line may have no end. Of a tool that did not end by itself, half a line shows nothing done.
  for (const evidence of reader.read('\n')) {
    if (result.outcome === 'exited' || evidence.type !== 'done') options.onEvidence(evidence);
  }
  if (result.outcome === 'not-started') {
    const why = result.failure?.message ?? 'unknown reason';
    const error = new KilnError('toolchain.missing', `${file} could not be started: ${why}`);
    return { outcome: 'not-started', exitCode: null, error: error.toReport() };
  }
  const outcome = result.outcome === 'canceled' ? 'silent' : result.outcome;
  options.onLine(`[${result.outcome === 'exited' ? `exit code ${result.exitCode}` : outcome}]`);
  return { outcome, exitCode: result.exitCode };
}
