/** The service as packages hold it: its programs bundled. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { RELEASE } from '../../core/release.ts';
import { packToolchain } from '../../core/toolchain/pack.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { Place } from '../fixtures/service/place.ts';
import { until } from '../fixtures/service/until.ts';
import { stageSmall } from '../fixtures/toolchain/staged.ts';

const HOME = join(import.meta.dirname, '../..');

it('answers, builds, reads its trees and sees devices, and keeps compiled code in its data folder', async () => {
  const place = new Place();
  onTestFinished(() => place.close());
  const service = join(place.folder, 'service');
  const window = join(place.folder, 'window');
  mkdirSync(window);
  const scripts = ['stage-service', 'bundle-service'].map(
    (name) => import(new URL(`../../scripts/${name}.mjs`, import.meta.url).href),
  );
  const [{ stageService }, { bundleService }] = await Promise.all(scripts);
  stageService(service, window);
  await bundleService(service);
  // What is started in the place of a source is the bundle.
  expect(readFileSync(join(service, 'worker/main.ts'), 'utf8')).toMatch(/^import '[^']+';\n$/);
  symlinkSync(join(HOME, 'node_modules'), join(service, 'node_modules'));
  const program = join(service, 'cli/kiln.js');

  const version = await place.run(['--version'], { program });
  expect(version.stdout).toContain(RELEASE);
  expect(existsSync(place.dataDir)).toBe(false);

  // Programs of no use to a build, so that the machine's own are taken.
  const tools = await stageSmall(join(place.folder, 'staged'), ['mdloader', 'bootloadHID']);
  const { id } = await packToolchain(tools, join(place.folder, 'packed-toolchain'), 3);
  const unpacked = join(place.dataDir, 'toolchain', `bundled-${id}`);

  const running = await place.serve({ program });
  await until('the programs that start later', async () => {
    const health = await (await running.request('/kiln/v1/health')).json();
    return (health as { sandbox?: string }).sandbox;
  });
  const found = await place.run(['keyboards', '--json'], { program });
  expect(jsonOf(found)).toMatchObject({ keyboards: expect.arrayContaining(['kiln/sixty']) });
  const built = await place.run(['test-keyboard', 'kiln/sixty', '--json'], { program });
  expect(built).toMatchObject({ exitCode: 0 });
  expect(existsSync(join(unpacked, 'kiln-toolchain.json'))).toBe(true);
  const health = await (await running.request('/kiln/v1/health')).json();
  expect(health).toMatchObject({ command: 'kiln' });
  expect(health).not.toHaveProperty('unpacking');
  await running.stop();
  expect(running.command.stderr()).not.toMatch(/process ended|worker ended|not prepared/);

  // Without a service, a command mends what was damaged.
  writeFileSync(join(unpacked, 'usr/bin/mdloader'), 'damaged');
  const mended = await place.run(['toolchain', 'repair', '--json'], { program });
  expect(jsonOf(mended)).toEqual({ folder: unpacked, written: ['usr/bin/mdloader'] });

  await place.serve({ program }).then((again) => again.stop());
  expect(existsSync(join(place.dataDir, 'cache/compiled'))).toBe(true);
});
