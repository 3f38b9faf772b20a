/** Which folders of the machine builds have to see: the system's programs, and those that Kiln found elsewhere. */
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import type { Toolchain } from '../../core/toolchain/toolchain.ts';
import type { ToolName } from '../../core/toolchain/tools.ts';
import type { BuildPlaces } from './contract.ts';

/**
 * Programs, libraries and what finds them. Nothing else of /etc: its files tell of users and secrets. The two stores
 * hold all programs of their systems and nothing but programs.
 */
const SYSTEM_FOLDERS = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/nix/store',
  '/gnu/store',
] as const;

/** Below a prefix that programs were installed to; not `share`, which in ~/.local holds people's data. */
const INSTALLED = /^(?:bin|lib|lib32|lib64|libexec|include|avr|arm-none-eabi|riscv[\w-]*)$/;

export type SystemPlace =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** A bundled toolchain as a system: its `usr`, and the links into it that programs and scripts count on. */
export function bundlePlaces(
  bundle: string,
): readonly (SystemPlace & { readonly from?: string })[] {
  return [
    { kind: 'folder', path: '/usr', from: join(bundle, 'usr') },
    ...['bin', 'lib', 'lib64'].map((name) => ({
      kind: 'link' as const,
      path: `/${name}`,
      target: `usr/${name}`,
    })),
  ];
}

/** The system's folders as far as they exist, in the form they have here: on merged systems /bin is a link. */
export function systemPlaces(): SystemPlace[] {
  return SYSTEM_FOLDERS.flatMap((path): SystemPlace[] => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return [];
    return [
      stats.isSymbolicLink()
        ? { kind: 'link', path, target: readlinkSync(path) }
        : { kind: 'folder', path },
    ];
  });
}

/** Whether `path` is `folder` or lies in it, by their names alone. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith('../'));
}

function isSystem(path: string): boolean {
  return SYSTEM_FOLDERS.some((folder) => isWithin(path, folder));
}

/** Folders that a program needs beside its own: /opt/avr/bin/avr-gcc takes its libraries from /opt/avr/lib. */
function foldersAround(file: string): string[] {
  const folder = dirname(file);
  if (basename(folder) !== 'bin') return [folder];
  const prefix = dirname(folder);
  return readdirSync(prefix)
    .filter((name) => INSTALLED.test(name))
    .map((name) => join(prefix, name));
}

/** The Python that an environment was made from; its path stands in pyvenv.cfg, and in the link to the program. */
function basePython(environment: string): string | null {
  const file = join(environment, 'pyvenv.cfg');
  if (!existsSync(file)) return null;
  const home = /^home\s*=\s*(.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim();
  return home === undefined ? null : join(home, 'python3');
}

/** What a build has to see to run some tools. */
export type ToolPlaces = Required<Pick<BuildPlaces, 'readable'>> & Pick<BuildPlaces, 'system'>;

/**
 * @returns what of the tools lies outside of the system's folders, to be made readable for builds. Where all of them are
 * the bundled toolchain's, that is all that a build sees of programs.
 */
export function toolPlaces(toolchain: Toolchain, names: readonly ToolName[]): ToolPlaces {
  const { bundle } = toolchain;
  if (process.platform === 'linux' && bundle !== null && toolchain.isBundled(names)) {
    return { readable: [bundle], system: bundle };
  }
  return { readable: machinePlaces(toolchain, names) };
}

function machinePlaces(toolchain: Toolchain, names: readonly ToolName[]): string[] {
  const files = names.flatMap((name) => toolchain.find(name)?.file ?? []);
  const python = basePython(toolchain.pythonFolder);
  const all = [...files, ...(python === null ? [] : [python])]
    .filter((file) => existsSync(file))
    .flatMap((file) => [file, realpathSync(file)])
    .filter((file) => !isSystem(file))
    .flatMap(foldersAround);
  const { pythonFolder } = toolchain;
  // Behind a link, too: its programs name the place where it was made.
  const environment = existsSync(pythonFolder) ? [pythonFolder, realpathSync(pythonFolder)] : [];
  // A program directly in the home folder does not open all of it.
  const tooWide = (path: string): boolean => isWithin(homedir(), path);
  return [...new Set([...all, ...environment])].filter((path) => !tooWide(path));
}
