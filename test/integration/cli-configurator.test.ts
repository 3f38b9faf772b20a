/** `kiln configurator` as people type it, and a folder with what no server should open. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createConfiguratorSite } from '../../core/configurator/site.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { testPlace } from '../fixtures/service/test-place.ts';

const BUILT = resolve(import.meta.dirname, '../fixtures/configurator-page');
const FOR = { api: 'https://api.qmk.fm', keyboards: 'https://keyboards.qmk.fm' };

describe('kiln configurator', () => {
  it('adds, shows and removes, with a service elsewhere or none', async () => {
    const place = testPlace();
    // Another machine's service does not see what is added here, so nobody asks it.
    const env = { KILN_SERVICE_URL: 'http://localhost:9' };
    const added = await place.run(['configurator', 'add', BUILT, '--json'], { env });
    expect(added.exitCode).toBe(0);
    expect(jsonOf(added)).toEqual({
      configurator: { folder: BUILT, builtFor: FOR },
      address: null,
    });
    const shown = await place.run(['configurator', 'show']);
    expect(shown.stdout).toContain(`Configurator of ${BUILT}`);
    expect(shown.stdout).toContain('kiln serve');
    const removed = await place.run(['configurator', 'remove']);
    expect(removed).toMatchObject({ exitCode: 0, stderr: '' });
    const none = await place.run(['configurator', 'show', '--json']);
    expect(jsonOf(none)).toEqual({ configurator: null, address: null });
    expect(readdirSync(place.dataDir)).toEqual([]);
  });

  it('keeps what was added when another folder is refused', async () => {
    const place = testPlace();
    await place.run(['configurator', 'add', BUILT]);
    const refused = await place.run(['configurator', 'add', place.folder]);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toMatch(/has no index\.html\.\n.*\[configurator\.invalid\]/);
    const gone = await place.run(['configurator', 'add', 'gone', '--json']);
    expect(gone.exitCode).toBe(2);
    expect(jsonOf(gone)).toMatchObject({ error: { code: 'configurator.missing' } });
    const shown = await place.run(['configurator', 'show', '--json']);
    expect(jsonOf(shown)).toMatchObject({ configurator: { folder: BUILT } });
    expect(existsSync(join(place.folder, 'gone'))).toBe(false);
  });
});

it.skipIf(process.platform === 'win32')(
  'a pipe in the folder of a Configurator is no file of it, and nothing waits for it',
  async () => {
    const place = testPlace();
    const { folder, dataDir } = place;
    execFileSync('cp', ['-r', BUILT, join(folder, 'built')]);
    execFileSync('mkfifo', [join(folder, 'built', 'pipe.txt'), join(folder, 'built', 'pipe.js')]);
    await place.run(['configurator', 'add', 'built']);
    const site = createConfiguratorSite(join(dataDir, 'configurator.json'), '/configurator/');
    expect(await site.find('pipe.txt')).toBeNull();
    expect(await site.find('pipe.js')).toBeNull();
    expect(await site.find('')).not.toBeNull();
  },
);
