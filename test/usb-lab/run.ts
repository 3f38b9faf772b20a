/**
 * The USB lab: boots a virtual machine in which Kiln's own flash code flashes emulated devices through the real tools,
 * and judges by the report that comes out of it. Needs no hardware and no root.
 *
 * Usage: npm run test:usb-lab [-- word of a title]
 *
 * Where something is missing, everything is skipped, with the reason; KILN_USB_LAB=required makes that a failure.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPath } from '../../core/environment.ts';
import { findOnPath } from '../../core/toolchain/toolchain.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { Place } from '../fixtures/service/place.ts';
import { CASES } from './guest/cases.ts';
import type { ReportLine } from './guest/messages.ts';
import { findKernel, type Kernel } from './kernel.ts';
import { runMachine } from './machine.ts';

const HOME = join(import.meta.dirname, '../..');
const LIMIT_MS = 10 * 60_000;

/** Commands, and Debian's packages that bring them. */
const NEEDED: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  modprobe: 'kmod',
  'dfu-util': 'dfu-util',
  'dfu-programmer': 'dfu-programmer',
  avrdude: 'avrdude',
  teensy_loader_cli: 'teensy-loader-cli',
  'apt-get': 'apt',
};

/** Where the kernel is kept: 400 MB, outside of the checkout. */
const CACHE =
  process.env.KILN_TEST_USB_LAB ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kiln', 'usb-lab');

const say = (line: string) => process.stdout.write(`${line}\n`);

function kernelOrReason(): Kernel | string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it needs Linux on x86-64';
  const missing = Object.entries(NEEDED).filter(
    ([command]) => findOnPath(command, systemPath()) === null,
  );
  if (missing.length > 0) {
    const packages = missing.map(([, name]) => name).join(' ');
    return `these are missing: apt-get install --no-install-recommends ${packages}`;
  }
  try {
    return findKernel(CACHE);
  } catch (error) {
    return `there is no kernel: ${error instanceof Error ? error.message : error}`;
  }
}

/** Builds the starter firmware from a keymap. @returns its image. */
async function buildImage(): Promise<Buffer> {
  const place = new Place();
  try {
    writeFileSync(join(place.folder, 'keymap.json'), JSON.stringify(keymapOf(5)));
    const built = await place.run(['compile', 'keymap.json', '--json', '-o', 'out/']);
    if (built.exitCode !== 0)
      throw new Error(`The starter firmware does not build: ${built.stderr}`);
    const { image } = JSON.parse(built.stdout) as { image: string };
    return readFileSync(join(place.folder, image));
  } finally {
    await place.close();
  }
}

function readReport(shared: string): readonly ReportLine[] {
  const file = join(shared, 'report.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as ReportLine);
}

/** @returns how many of the cases did not pass; those that are not in the report did not. */
function judge(report: readonly ReportLine[], expected: number): number {
  let passed = 0;
  for (const line of report) {
    if (line.type !== 'case') continue;
    say(
      `${line.ok ? 'ok    ' : 'FAILED'} ${(line.ms / 1000).toFixed(1).padStart(5)} s  ${line.title}`,
    );
    if (line.ok) passed += 1;
    else for (const text of [line.why, ...line.log]) say(`         ${text}`);
  }
  const isWhole = report.some((line) => line.type === 'end' && line.cases === expected);
  if (!isWhole) say('FAILED: the machine did not come to the end of its cases.');
  say(`${passed} of ${expected} passed`);
  return expected - passed + (isWhole ? 0 : 1);
}

async function main(word: string): Promise<number> {
  const expected = CASES.filter(({ title }) => title.includes(word)).length;
  const kernel = kernelOrReason();
  if (typeof kernel === 'string') {
    say(`Skipped all ${expected} tests of the USB lab: ${kernel}`);
    return process.env.KILN_USB_LAB === 'required' ? 1 : 0;
  }
  const shared = mkdtempSync(join(tmpdir(), 'kiln-usb-lab-'));
  const startedAt = performance.now();
  let failures = 1;
  try {
    writeFileSync(join(shared, 'built.hex'), await buildImage());
    const bootedAt = performance.now();
    const ended = await runMachine({
      kernel,
      shared,
      command: (folder) => [
        process.execPath,
        join(HOME, 'test/usb-lab/guest/main.ts'),
        `${folder}/report.jsonl`,
        word,
      ],
      environment: (folder) => ({ KILN_LAB_IMAGE: `${folder}/built.hex` }),
      timeoutMs: LIMIT_MS,
    });
    failures = judge(readReport(shared), expected);
    const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(0);
    say(
      `${seconds(startedAt)} s, of which ${seconds(bootedAt)} s in the virtual machine${ended ? '' : ', which was ended'}`,
    );
  } finally {
    if (failures === 0) rmSync(shared, { recursive: true, force: true });
    else say(`What the machine said is kept in ${join(shared, 'console.log')}`);
  }
  return failures === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2] ?? '');
