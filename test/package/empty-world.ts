/**
 * A world that has nothing but a package and the C library: no compiler, no Python, no make, an empty PATH, no network. In it
 * the package's service is started on a new data folder, and builds.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const CLIENT = join(import.meta.dirname, 'client.mjs');

/** Below a package's resources. */
export const STARTER_KEYMAP =
  'service/resources/starter/keyboards/kiln/pad4x4/keymaps/default/keymap.json';

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
  const [program, before] = asOrdinaryUser(['bwrap']);
  return spawnSync(program, [...before, ...world, node, CLIENT, kiln, images, ...keymaps], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
}

/**
 * Root's bubblewrap covers parts of /proc, and then nobody inside can mount one of their own.
 * @returns the program, and its first arguments.
 */
export function asOrdinaryUser([program = '', ...args]: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [program, args];
  const asNobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
  return ['setpriv', [...asNobody, program, ...args]];
}

export interface FirstRun {
  /** Seconds from the start until the service answered. */
  readonly readyAt: number;
  /** Keyboards of all trees, asked for as soon as it answered. */
  readonly keyboards: number;
  readonly built: readonly { readonly name: string; readonly at: number }[];
  /** `name digest` of each image. */
  readonly digests: readonly string[];
}

/**
 * Starts a package for the first time, and has it build.
 * @param keymaps files of keymaps.
 * @throws Error with what was said when something was not built.
 */
export function firstRun(resources: string, keymaps: readonly string[]): FirstRun {
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

/** The same from another place. What was there before is there again afterwards. */
export function movedRun(folder: string, keymaps: readonly string[]): FirstRun {
  const elsewhere = `${folder}-moved`;
  renameSync(folder, elsewhere);
  try {
    const moved = keymaps.map((file) =>
      file.startsWith(`${folder}/`) ? join(elsewhere, file.slice(folder.length)) : file,
    );
    return firstRun(join(elsewhere, 'resources'), moved);
  } finally {
    renameSync(elsewhere, folder);
  }
}
