/**
 * The USB lab: boots a virtual machine in which Kiln's own flash code flashes emulated devices through the real tools,
 * and judges by the report that comes out of it. Needs no hardware and no root.
 *
 * Usage: npm run test:usb-lab [-- word of a title]
 *
 * Where something is missing, everything is skipped, with the reason; KILN_USB_LAB=required makes that a failure.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPath } from '../../core/environment.ts';
import { findOnPath } from '../../core/toolchain/toolchain.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { Place } from '../fixtures/service/place.ts';
import { CASES, casesOf } from './guest/cases.ts';
import type { ReportLine } from './guest/messages.ts';
import { findKernel, type Kernel } from './kernel.ts';
import { runMachine } from './machine.ts';
import { type Programs, preparePrograms } from './programs.ts';

const LIMIT_MS = 10 * 60_000;
/** Side by side, for each has one processor and waits for devices half of its time. */
const MACHINES = 2;

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

/** @returns how many of the cases did not pass; those that are not in the reports did not. */
function judge(reports: readonly (readonly ReportLine[])[], expected: number): number {
  let passed = 0;
  let ran = 0;
  for (const line of reports.flat()) {
    if (line.type === 'end') ran += line.cases;
    else {
      say(
        `${line.ok ? 'ok    ' : 'FAILED'} ${(line.ms / 1000).toFixed(1).padStart(5)} s  ${line.title}`,
      );
      if (line.ok) passed += 1;
      else for (const text of [line.why, ...line.log]) say(`         ${text}`);
    }
  }
  if (ran !== expected) say('FAILED: a machine did not come to the end of its cases.');
  say(`${passed} of ${expected} passed`);
  return expected - passed + (ran === expected ? 0 : 1);
}

/** Runs every so-manyeth case in a machine of its own. @returns its report, and whether it ended by itself */
async function runPart(
  kernel: Kernel,
  programs: Programs,
  shared: string,
  number: number,
  word: string,
) {
  const ended = await runMachine({
    kernel,
    shared,
    command: (folder) => [
      process.execPath,
      programs.main,
      `${folder}/report.jsonl`,
      String(number),
      String(MACHINES),
      word,
    ],
    environment: (folder) => ({
      KILN_LAB_IMAGE: `${folder}/built.hex`,
      KILN_LAB_HEADLESS: programs.headless,
      NODE_COMPILE_CACHE: programs.compiled,
    }),
    timeoutMs: LIMIT_MS,
  });
  return { report: readReport(shared), ended };
}

async function main(word: string): Promise<number> {
  const parts = casesOf(
    CASES.filter(({ title }) => title.includes(word)),
    MACHINES,
  );
  const expected = parts.flat().length;
  const kernel = kernelOrReason();
  if (typeof kernel === 'string') {
    say(`Skipped all ${expected} tests of the USB lab: ${kernel}`);
    return process.env.KILN_USB_LAB === 'required' ? 1 : 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'kiln-usb-lab-'));
  const startedAt = performance.now();
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(0);
  let failures = 1;
  try {
    const programs = await preparePrograms(folder);
    const image = await buildImage();
    const prepared = seconds();
    const runs = parts.flatMap((cases, number) => {
      if (cases.length === 0) return [];
      const shared = join(folder, String(number));
      mkdirSync(shared);
      writeFileSync(join(shared, 'built.hex'), image);
      return [runPart(kernel, programs, shared, number, word)];
    });
    const done = await Promise.all(runs);
    failures = judge(
      done.map(({ report }) => report),
      expected,
    );
    say(`${seconds()} s, of which ${prepared} s to prepare`);
    if (done.some(({ ended }) => !ended)) say('A machine did not end by itself.');
  } finally {
    if (failures === 0) rmSync(folder, { recursive: true, force: true });
    else say(`What the machines said is kept in ${join(folder, '*', 'console.log')}`);
  }
  return failures === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2] ?? '');
