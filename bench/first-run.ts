/**
 * From the first start of an unpacked package to its first images, in a world that has nothing but the package: no
 * compiler, no Python, no make, an empty PATH and no network. `KILN_PACKAGE` names the folder that holds
 * `resources/` (`npm run package -- --dir`, with KILN_TOOLCHAIN). Afterwards the package is moved and has to make the same.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Benchmark, BenchmarkOptions } from './figure.ts';
import { median } from './figure.ts';

const CLIENT = join(import.meta.dirname, 'first-run-client.mjs');
const STARTER_KEYMAP =
  'service/resources/starter/keyboards/kiln/pad4x4/keymaps/default/keymap.json';
/** Seconds, of the issue that asked for it. */
const AIM = 20;

/** All that the empty world gets of the machine: what Node is linked with, the rest of the C library, and the shell. */
function librariesOf(node: string): string[] {
  const printed = execFileSync('ldd', [node], { encoding: 'utf8' });
  const linked = [...printed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, file = '']) => file);
  const library = linked.find((file) => file.endsWith('/libc.so.6')) ?? '';
  const rest = ['librt.so.1', 'libutil.so.1', 'libresolv.so.2'];
  return [...linked, ...rest.map((name) => join(dirname(library), name)), '/bin/sh'];
}

interface World {
  readonly resources: string;
  readonly data: string;
  readonly images: string;
  readonly keymaps: readonly string[];
}

/** As an ordinary user of its own namespaces; nested ones are for the package's own sandbox. */
function enter({ resources, data, images, keymaps }: World) {
  const node = join(resources, 'node/node');
  const read = [...librariesOf(node), resources, CLIENT, ...keymaps];
  const write = [data, images];
  const world = [
    ['--unshare-all', '--die-with-parent', '--uid', '1000', '--gid', '1000', '--clearenv'],
    ['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    read.flatMap((path) => ['--ro-bind', path, path]),
    write.flatMap((path) => ['--bind', path, path]),
    ['--setenv', 'KILN_DATA_DIR', data, '--setenv', 'HOME', data, '--setenv', 'PATH', ''],
    ['--setenv', 'KILN_SANDBOX', 'required', '--chdir', data, '--'],
  ].flat();
  const kiln = join(resources, 'service/cli/kiln.js');
  for (const folder of write) chmodSync(folder, 0o777);
  // Root's bubblewrap covers parts of /proc, and then nobody inside can mount one of their own.
  const asNobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--', 'bwrap'];
  const [program, before] = process.getuid?.() === 0 ? ['setpriv', asNobody] : ['bwrap', []];
  return spawnSync(program, [...before, ...world, node, CLIENT, kiln, images, ...keymaps], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
}

interface FirstRun {
  readonly readyAt: number;
  readonly built: readonly { readonly name: string; readonly at: number }[];
  readonly digests: readonly string[];
}

function firstRun(resources: string, keymaps: readonly string[]): FirstRun {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-first-run-'));
  try {
    chmodSync(folder, 0o755);
    const data = join(folder, 'data');
    const images = join(folder, 'images');
    mkdirSync(data);
    mkdirSync(images);
    const { status, stdout, stderr } = enter({ resources, data, images, keymaps });
    if (status !== 0) throw new Error(`The package did not build: ${stderr.slice(-2000)}`);
    const digests = readdirSync(images)
      .sort()
      .map((name) => `${name} ${hash('sha256', readFileSync(join(images, name)), 'hex')}`);
    return { ...(JSON.parse(stdout.trim()) as Omit<FirstRun, 'digests'>), digests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs it once from another place. What was there before is there again afterwards. */
function movedRun(folder: string, keymap: string): FirstRun {
  const elsewhere = `${folder}-moved`;
  renameSync(folder, elsewhere);
  try {
    return firstRun(join(elsewhere, 'resources'), [join(elsewhere, 'resources', keymap)]);
  } finally {
    renameSync(elsewhere, folder);
  }
}

export const benchmark: Benchmark = async function* ({ runs, say }: BenchmarkOptions) {
  const folder = process.env.KILN_PACKAGE;
  if (folder === undefined || !existsSync(join(folder, 'resources/toolchain'))) {
    throw new Error('KILN_PACKAGE has to name an unpacked package with a toolchain inside.');
  }
  const resources = join(folder, 'resources');
  const keymap = join(resources, STARTER_KEYMAP);
  const done: FirstRun[] = [];
  for (let run = 1; run <= runs; run += 1) {
    say(`run ${run} of ${runs}`);
    done.push(firstRun(resources, [keymap]));
  }
  const ready = done.map(({ readyAt }) => readyAt);
  const image = done.map(({ built }) => built[0]?.at ?? Number.NaN);
  yield { figure: 'first start to service', value: median(ready), unit: 's', runs: ready };
  yield {
    figure: 'first start to first image',
    value: median(image),
    unit: 's',
    runs: image,
    target: AIM,
  };
  say('moved elsewhere');
  const moved = movedRun(folder, STARTER_KEYMAP);
  if (moved.digests.join() !== done[0]?.digests.join()) {
    throw new Error('The package makes another image after it was moved.');
  }
  yield {
    figure: 'the same, after the package was moved',
    value: moved.built[0]?.at ?? Number.NaN,
    unit: 's',
    target: AIM,
  };
};
