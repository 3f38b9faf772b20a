/** The built window: where it lies, and in a checkout how it gets there. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AppWindow } from '../../api/app-files.ts';
import { plainEnvironment } from '../../core/environment.ts';
import type { Logger } from '../../core/log.ts';
import { run } from '../../core/subprocess.ts';

const HOME = dirname(dirname(import.meta.dirname));
const FOLDER = join(HOME, 'renderer', 'dist');
/** In a checkout only: a package brings the window ready made. */
const BUILD_SCRIPT = join(HOME, 'scripts', 'build-app.mjs');

export interface ServedWindow extends AppWindow {
  /** Ends a build that runs still. */
  stop(): Promise<void>;
}

/** Nothing is done until somebody asks for the window: most services only compile. */
export function createAppWindow(log: Logger): ServedWindow {
  const stopped = new AbortController();
  let built: Promise<void> | undefined;
  return {
    folder: FOLDER,
    prepare() {
      built ??= existsSync(BUILD_SCRIPT) ? build(log, stopped.signal) : Promise.resolve();
      return built;
    },
    async stop() {
      stopped.abort();
      await built;
    },
  };
}

/** Up to date in a tenth of a second; after a change of the sources it takes a few. */
async function build(log: Logger, signal: AbortSignal): Promise<void> {
  const { exitCode, output } = await run(process.execPath, [BUILD_SCRIPT], {
    cwd: HOME,
    env: plainEnvironment(),
    timeoutMs: 300_000,
    maxOutputBytes: 256 * 1024,
    signal,
  });
  if (exitCode !== 0 && !signal.aborted) {
    log.warn({ exitCode, output }, 'the window could not be built; npm run build:app says why');
  }
}
