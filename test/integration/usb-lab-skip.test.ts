/** The USB lab on a machine that lacks something: skipped aloud, never passed. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, writeTool } from '../fixtures/toolchain/tools.ts';
import { CASES } from '../usb-lab/guest/cases.ts';

const RUN = resolve(import.meta.dirname, '../usb-lab/run.ts');
const NEEDED = [
  'qemu-system-x86_64',
  'busybox',
  'modprobe',
  'dfu-util',
  'dfu-programmer',
  'avrdude',
  'teensy_loader_cli',
  'apt-get',
];

/** Runs the lab where only these programs are found, none of which does anything. */
async function runWith(tools: readonly string[], required = false) {
  const folder = temporaryFolder();
  for (const name of tools) writeTool(folder, name);
  const env = {
    PATH: folder,
    HOME: folder,
    KILN_TEST_USB_LAB: join(folder, 'kernel'),
    ...(required ? { KILN_USB_LAB: 'required' } : {}),
  };
  const ran = promisify(execFile)(process.execPath, [RUN], { env, cwd: folder });
  const { code, stdout } = await ran.then(
    (ended) => ({ ...ended, code: 0 }),
    (error: { code: number; stdout: string }) => error,
  );
  return { code, stdout };
}

const isHere = process.platform === 'linux' && process.arch === 'x64';

describe.skipIf(!isHere)('the USB lab', () => {
  it('without QEMU skips all of its tests, and says what to install', async () => {
    const { code, stdout } = await runWith(NEEDED.filter((name) => !name.startsWith('qemu')));
    expect(code).toBe(0);
    expect(stdout).toContain(`Skipped all ${CASES.length} tests of the USB lab: these are missing`);
    expect(stdout).toContain('apt-get install --no-install-recommends qemu-system-x86\n');
    expect(stdout).not.toContain('passed');
  });

  it('without a kernel package skips all of its tests, and says why', async () => {
    const { code, stdout } = await runWith([...NEEDED, 'apt-cache']);
    expect(code).toBe(0);
    expect(stdout).toContain('there is no kernel: no kernel package is known to apt');
    expect(stdout).not.toContain('passed');
  });

  it('that is required fails where it would be skipped', async () => {
    const { code, stdout } = await runWith([], true);
    expect(code).toBe(1);
    expect(stdout).toContain('Skipped all');
  });
});
