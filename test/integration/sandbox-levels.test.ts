/** Machines on which bubblewrap is missing or does not work: what is said, and what still holds. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../core/settings.ts';
import { createSandbox } from '../../worker/sandbox/create-sandbox.ts';
import { LIMITS } from '../../worker/sandbox/limits.ts';

const isLinux = process.platform === 'linux';

describe.skipIf(!isLinux)(
  `a machine without a full sandbox${isLinux ? '' : ' (Linux only)'}`,
  () => {
    let root: string;
    let programs: string;

    beforeEach(() => {
      root = realpathSync(mkdtempSync(join(tmpdir(), 'kiln-levels-')));
      programs = join(root, 'bin');
      for (const name of ['bin', 'job/tmp']) mkdirSync(join(root, name), { recursive: true });
      symlinkSync('/usr/bin/prlimit', join(programs, 'prlimit'));
    });

    afterEach(() => rmSync(root, { recursive: true, force: true }));

    const sandboxOf = (sandbox: Settings['sandbox']) =>
      createSandbox(
        { sandbox },
        { ...LIMITS, fileBytes: 1000, outputBytes: 1000 },
        { folders: [programs], inContainer: false },
      );
    const brokenBubblewrap = (complaint: string) =>
      writeFileSync(join(programs, 'bwrap'), `#!/bin/sh\necho '${complaint}' >&2\nexit 1\n`, {
        mode: 0o755,
      });
    const runIn = (sandbox: Settings['sandbox'], script: string) => {
      const folder = join(root, 'job');
      const places = { folder, temporary: join(folder, 'tmp'), readable: [] };
      const options = {
        cwd: folder,
        env: { PATH: '/usr/bin:/bin' },
        timeoutMs: 10_000,
        maxOutputBytes: 64 * 1024,
      };
      return sandboxOf(sandbox).run('/bin/sh', ['-c', script], options, places);
    };

    it('says that bubblewrap is missing and which package brings it', async () => {
      expect(await sandboxOf('best').status()).toMatchObject({
        level: 'reduced',
        message: expect.stringContaining('bubblewrap is not installed'),
        remedy: expect.stringContaining('apt-get install bubblewrap'),
      });
    });

    it('says in bubblewrap’s own words why it does not work, with the remedy for that', async () => {
      brokenBubblewrap('bwrap: setting up uid map: Permission denied');
      expect(await sandboxOf('best').status()).toMatchObject({
        level: 'reduced',
        message: expect.stringContaining('setting up uid map: Permission denied'),
        remedy: expect.stringContaining('AppArmor'),
      });
    });

    it('refuses to build there when a full sandbox is required, and runs nothing', async () => {
      await expect(runIn('required', 'echo ran > ran')).rejects.toMatchObject({
        code: 'sandbox.unavailable',
        message: expect.stringContaining('bubblewrap is not installed'),
        remedy: expect.stringContaining('apt-get install bubblewrap'),
      });
    });

    it('still limits file size and output', async () => {
      const { output } = await runIn('best', 'head -c 5000 /dev/zero > large; wc -c < large');
      expect(output).toContain('1000');
      await expect(runIn('best', 'yes')).rejects.toMatchObject({ code: 'build.limit-exceeded' });
    });

    it('has no level at all without prlimit, or when it is switched off', async () => {
      rmSync(join(programs, 'prlimit'));
      expect(await sandboxOf('best').status()).toMatchObject({ level: 'none' });
      expect(await sandboxOf('off').status()).toMatchObject({
        level: 'none',
        message: expect.stringContaining('KILN_SANDBOX is off'),
      });
      expect((await runIn('off', 'head -c 5000 /dev/zero | wc -c')).output).toBe('5000');
    });
  },
);
