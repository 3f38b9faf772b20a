/** Keeps the catalogue up to date: starts the indexing process when trees changed, and now and then. */
import { join } from 'node:path';
import { compileCache, networkEnvironment } from '../../core/environment.ts';
import type { Logger } from '../../core/log.ts';
import { partSecrets, type Settings } from '../../core/settings.ts';
import { type ProcessIdentity, type RunningProcess, start } from '../../core/subprocess.ts';
import type { TreeRegistry } from '../../core/trees/contract.ts';
import type { IndexArguments } from '../../worker/messages.ts';

const PROGRAM = join(import.meta.dirname, '../../worker/index-main.ts');

/**
 * Memory before speed, for nobody waits: a small young generation, and no optimizing compilers, which take 70 MB for the
 * schemas' validators and save no time, as most of it goes by in Python.
 */
const NODE_FLAGS = [
  '--max-old-space-size=96',
  '--max-semi-space-size=1',
  '--optimize-for-size',
  '--no-turbofan',
  '--no-maglev',
];

/** What it frees goes back to the system. */
const MALLOC = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '65536' };

/** Commands add and update trees in processes of their own; this is how soon the service takes notice. */
const LOOK_EVERY_MS = 2000;
/** Folders are changed by others without a word. */
const REPEAT_EVERY_MS = 10 * 60_000;
/** A process that died is started again after this, twice as long after each further death. */
const FIRST_DELAY_MS = 1000;

export interface IndexingOptions {
  readonly settings: Settings;
  readonly trees: TreeRegistry;
  readonly log: Logger;
  /** Where the process logs; the service's stderr when absent. */
  readonly logFile?: string;
  /** Called for each process once it runs, so that what is left of it can be ended after a crash. */
  readonly onProcess?: (identity: ProcessIdentity) => void;
}

export interface Indexing {
  /** Runs once more as soon as the present run is over. */
  refresh(): void;
  stop(): Promise<void>;
}

/** What starts the indexing process: arguments for Node, and all of its environment. */
export function indexingCommand({ settings, logFile }: IndexArguments): {
  readonly args: string[];
  readonly env: Readonly<Record<string, string>>;
} {
  const indexArguments: IndexArguments = { settings: partSecrets(settings).shown, logFile };
  return {
    args: [...NODE_FLAGS, PROGRAM, JSON.stringify(indexArguments)],
    env: { ...networkEnvironment(), ...compileCache(), ...MALLOC },
  };
}

export function startIndexing(options: IndexingOptions): Indexing {
  const { settings, trees, log } = options;
  let process_: RunningProcess | null = null;
  let indexed = '';
  let ranAt = Number.NEGATIVE_INFINITY;
  let repeatMs = REPEAT_EVERY_MS;
  let delayMs = FIRST_DELAY_MS;
  let stopping = false;

  const run = (sources: string): void => {
    indexed = sources;
    ranAt = performance.now();
    repeatMs = REPEAT_EVERY_MS;
    const { args, env } = indexingCommand({ settings, logFile: options.logFile });
    const mine = start(process.execPath, args, {
      cwd: settings.dataDir,
      env,
      maxOutputBytes: 16 * 1024,
      stderr: 'inherit',
      // Opens the channel whose end tells it that the service is gone.
      onMessage: () => undefined,
      ...(options.onProcess === undefined ? {} : { onSpawn: options.onProcess }),
    });
    process_ = mine;
    void mine.exited.then(({ outcome, exitCode, signal }) => {
      process_ = null;
      if (stopping) return;
      if (exitCode === 0) {
        delayMs = FIRST_DELAY_MS;
        return;
      }
      repeatMs = delayMs;
      ranAt = performance.now();
      delayMs = Math.min(REPEAT_EVERY_MS, delayMs * 2);
      log.error(
        { outcome, exitCode, signal },
        `indexing died; it goes on in ${Math.ceil(repeatMs / 1000)} s or later`,
      );
    });
  };

  const look = async (): Promise<void> => {
    const list = await trees.list();
    const sources = JSON.stringify(list.map(({ name, path }) => [name, path]));
    if (process_ !== null || stopping) return;
    if (sources !== indexed || performance.now() - ranAt >= repeatMs) run(sources);
  };
  const lookSafely = (): void => {
    look().catch((error: unknown) => log.error({ err: error }, 'indexing could not be started'));
  };

  lookSafely();
  const timer = setInterval(lookSafely, LOOK_EVERY_MS);
  return {
    refresh() {
      indexed = '';
      lookSafely();
    },
    async stop() {
      stopping = true;
      clearInterval(timer);
      await process_?.kill();
    },
  };
}
