/** The package's own shell starts on a screen that nobody sees, with its service on the toolchain of the package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Desktop } from '../electron/support/desktop.ts';
import { startScreen } from '../electron/support/screen.ts';
import { Place } from '../fixtures/service/place.ts';
import { until } from '../fixtures/service/until.ts';
import { need, type Packages, Skipped, type Step } from './steps.ts';

const PAGE = /^http:\/\/localhost:\d+\/app\//;
const START_MS = 120_000;

interface Check {
  readonly id: string;
  readonly state: string;
  readonly message: string;
}

/** What Health says, asked as the desktop's page asks it. */
async function askChecks(dataDir: string): Promise<readonly Check[]> {
  const { url } = await until(
    'the service of the shell',
    () => {
      try {
        return JSON.parse(readFileSync(join(dataDir, 'service.json'), 'utf8')) as { url: string };
      } catch {
        return null;
      }
    },
    START_MS,
  );
  const token = readFileSync(join(dataDir, 'token'), 'utf8').trim();
  const answer = await fetch(`${url}/kiln/v1/checks`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await answer.json()) as { checks: Check[] }).checks;
}

export const desktop: Step = {
  name: 'desktop',
  async run({ folder, say }: Packages) {
    if (process.platform !== 'linux') throw new Skipped('it is for Linux');
    need('Xvfb', 'xvfb');
    const runtime = { binary: join(folder, 'kiln'), version: '', needsScreen: true };
    const place = new Place();
    const screen = await startScreen(runtime);
    let shell: Desktop | null = null;
    try {
      shell = await Desktop.start({ runtime, program: null, place, screen });
      (await shell.page(PAGE)).close();
      const [version, isPackaged] = await shell.main<[string, boolean]>(
        'return [process.versions.electron, electron.app.isPackaged];',
      );
      say(
        `Electron ${version}${isPackaged ? ', packaged' : ''}: the window shows the app’s address`,
      );
      const checks = await askChecks(place.dataDir);
      const toolchain = checks.find(({ id }) => id === 'bundled-toolchain');
      if (toolchain?.state !== 'ok' || !toolchain.message.includes(folder)) {
        throw new Error(`Health says of the toolchain: ${JSON.stringify(toolchain)}`);
      }
      say(toolchain.message);
    } finally {
      await shell?.close();
      await screen.close();
      await place.close();
    }
  },
};
