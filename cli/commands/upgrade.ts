/** `kiln upgrade`: is there a newer Kiln? Fetches it on demand, and leaves installing to the person. */
import { join } from 'node:path';
import { takeProcessLock } from '../../core/db/process-lock.ts';
import { KilnError } from '../../core/errors.ts';
import { RELEASE } from '../../core/release.ts';
import { downloadUpdate, lookForUpdate } from '../../core/updates/app-update.ts';
import type { GlobalOptions } from '../context.ts';
import type { Kiln } from '../service/kiln.ts';
import { withKiln } from '../with-kiln.ts';

export interface UpgradeOptions extends GlobalOptions {
  readonly download?: boolean;
}

const MEGABYTE = 1024 * 1024;

async function isBusy({ queue, paths, settings }: Kiln): Promise<boolean> {
  const { running } = await queue.counts();
  if (running > 0) return true;
  try {
    takeProcessLock(paths.flashLock, settings.dataDir, 'kiln upgrade').release();
    return false;
  } catch (error) {
    if (error instanceof KilnError && error.code === 'service.data-in-use') return true;
    throw error;
  }
}

export function upgradeCommand({ download = false, ...options }: UpgradeOptions): Promise<number> {
  return withKiln(options, async (kiln, terminal) => {
    const { settings } = kiln;
    const update = await lookForUpdate(settings);
    if (update === null) {
      terminal.line(`Kiln ${RELEASE} is the newest.`);
      terminal.result({ version: RELEASE, update: null });
      return;
    }
    const { version, notes, file } = update;
    terminal.line(`Kiln ${version} is there; this is ${RELEASE}.`);
    if (notes !== '') terminal.line(notes);
    if (file === null) {
      terminal.line('It has no file for this system.');
    } else if (!download) {
      const size = Math.ceil(file.size / MEGABYTE);
      terminal.line(`Next: kiln upgrade --download, to fetch ${file.name} (${size} MB).`);
    } else {
      const fetched = await downloadUpdate(settings, file, {
        folder: join(settings.dataDir, 'updates'),
        isBusy: () => isBusy(kiln),
        onProgress: (bytes) =>
          terminal.status(`Fetching ${file.name}: ${Math.floor((bytes / file.size) * 100)} %`),
      });
      terminal.clearStatus();
      const how = file.name.endsWith('.deb')
        ? `sudo apt-get install ${fetched}`
        : `open ${fetched}`;
      terminal.line(`Signed and whole: ${fetched}`);
      terminal.line(`Next: end Kiln, then ${how}`);
      terminal.result({ version: RELEASE, update, file: fetched });
      return;
    }
    terminal.result({ version: RELEASE, update });
  });
}
