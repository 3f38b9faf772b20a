/** Keeps the catalogue up to date: starts the indexing process when trees changed, and now and then. */
import { join } from 'node:path';
import { networkEnvironment } from '../../core/environment.ts';
import type { Logger } from '../../core/log.ts';
import type { Settings } from '../../core/settings.ts';
import { type RunningProcess, start } from '../../core/subprocess.ts';
import type { TreeRegistry } from '../../core/trees/contract.ts';
import type { IndexArguments } from '../../worker/messages.ts';

const PROGRAM = join(import.meta.dirname, '../../worker/index-main.ts');

/** Small heaps, collected often: a run makes much garbage, and nobody waits for it. */
const NODE_FLAGS = ['--max-old-space-size=96', '--max-semi-space-size=1', '--optimize-for-size'];

/** Commands add and update trees in processes of their own; this is how soon the service takes notice. */
const LOOK_EVERY_MS = 2000;
/** Folders are changed by others without a word. */
const REPEAT_EVERY_MS = 10 * 60_000;

export interface IndexingOptions {
  readonly settings: Settings;
  readonly trees: TreeRegistry;
  readonly log: Logger;
  /** Where the process logs; the service's stderr when absent. */
  readonly logFile?: string;
}

export interface Indexing {
  /** Runs once more as soon as the present run is over. */
  refresh(): void;
  stop(): Promise<void>;
}

export function startIndexing(options: IndexingOptions): Indexing {
  const { settings, trees, log } = options;
  let process_: RunningProcess | null = null;
  let indexed = '';
  let ranAt = Number.NEGATIVE_INFINITY;
  let stopping = false;

  const run = (sources: string): void => {
    indexed = sources;
    ranAt = Date.now();
    const indexArguments: IndexArguments = { settings, logFile: options.logFile };
    const mine = start(process.execPath, [...NODE_FLAGS, PROGRAM, JSON.stringify(indexArguments)], {
      cwd: settings.dataDir,
      env: { ...networkEnvironment(), MALLOC_ARENA_MAX: '1' },
      maxOutputBytes: 16 * 1024,
      stderr: 'inherit',
      // Opens the channel whose end tells it that the service is gone.
      onMessage: () => undefined,
    });
    process_ = mine;
    void mine.exited.then(({ outcome, exitCode, signal }) => {
      process_ = null;
      if (!stopping && exitCode !== 0) log.error({ outcome, exitCode, signal }, 'indexing died');
    });
  };

  const look = async (): Promise<void> => {
    if (process_ !== null || stopping) return;
    const list = await trees.list();
    const sources = JSON.stringify(list.map(({ name, path }) => [name, path]));
    if (sources !== indexed || Date.now() - ranAt >= REPEAT_EVERY_MS) run(sources);
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
