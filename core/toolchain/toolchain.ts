/** Finds the programs that builds and flashing need: bundled first, then Kiln's own Python environment, then the system. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { plainEnvironment, systemPath } from '../environment.ts';
import { KilnError } from '../errors.ts';
import type { DataPaths, Settings } from '../settings.ts';
import { run } from '../subprocess.ts';
import { bundleBin, findBundle, isBundle } from './bundle.ts';
import { findPack } from './shipped-pack.ts';
import { TOOLS, type ToolDefinition, type ToolName, toolRemedy } from './tools.ts';

export interface FoundTool {
  readonly name: ToolName;
  /** Absolute file. */
  readonly file: string;
}

export interface Toolchain {
  /** Value of `PATH` for builds. */
  readonly path: string;
  /** Folder of the toolchain that travels with Kiln; null where the system's tools have to do. */
  readonly bundle: string | null;
  /** Python environment with the qmk command line, made by `kiln toolchain install`. */
  readonly pythonFolder: string;
  find(name: ToolName): FoundTool | null;
  /** Whether all of them are the bundle's own, so that a build needs nothing else of the machine. */
  isBundled(names: readonly ToolName[]): boolean;
  /** @throws KilnError `toolchain.missing` naming the tool and its remedy. */
  need(name: ToolName): FoundTool;
  /** The Python that has the qmk command line's packages. @throws KilnError `toolchain.missing` */
  qmkPython(): string;
  /** First line that the tool prints about its version; null when it is missing or does not run. */
  version(name: ToolName): Promise<string | null>;
  /** Version lines of those of the tools that are there: a build's record of what made it. */
  versions(names: readonly ToolName[]): Promise<Record<string, string>>;
}

const EXECUTABLE_SUFFIXES = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];

function isExecutableFile(file: string): boolean {
  try {
    // Most folders of PATH have no such file, and an error for each takes longer than all looks together.
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first file of that command along the folders, or null. */
export function findOnPath(command: string, folders: readonly string[]): string | null {
  for (const folder of folders) {
    for (const suffix of EXECUTABLE_SUFFIXES) {
      const file = join(folder, command + suffix);
      if (isExecutableFile(file)) return file;
    }
  }
  return null;
}

/** Where a Python environment keeps its programs. */
export function pythonBin(folder: string): string {
  return join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
}

async function readVersion(file: string, tool: ToolDefinition, path: string) {
  // The qmk command loads the tree that it is started in, or else the one in the home folder: there is none in its own.
  const folder = dirname(file);
  const result = await run(file, tool.versionArgs, {
    cwd: folder,
    env: { ...plainEnvironment(), PATH: path, HOME: folder, PYTHONDONTWRITEBYTECODE: '1' },
    timeoutMs: 20_000,
    maxOutputBytes: 64 * 1024,
  });
  if (result.outcome !== 'exited') return null;
  const named = tool.versionLine?.exec(result.output)?.[0];
  if (named !== undefined) return named;
  if (result.exitCode !== 0) return null;
  // Warnings go to stderr, and may come first; some tools print the version itself there.
  return (result.stdout.trim() || result.stderr.trim()).split('\n', 1)[0]?.trim() ?? null;
}

/**
 * @param system folders of `PATH`.
 * @param chosen a folder of tools that go before all others: a staged toolchain, or one with a `bin`.
 */
export function createToolchain(
  settings: Settings,
  paths: DataPaths,
  system: readonly string[] = systemPath(),
  chosen: string | null = null,
): Toolchain {
  const pythonFolder = join(paths.toolchain, 'python');
  const pack = findPack();
  const plain = settings.toolchainDir === undefined ? [] : [join(settings.toolchainDir, 'bin')];
  const findFolders = () => {
    const isWhole = chosen !== null && isBundle(chosen);
    const bundle = isWhole ? chosen : findBundle(settings, paths);
    const first = chosen === null || isWhole ? [] : [join(chosen, 'bin')];
    const bundled = [...first, ...(bundle === null ? plain : [bundleBin(bundle)])];
    return { bundle, bundled, own: [...bundled, pythonBin(pythonFolder)] };
  };
  let found = findFolders();
  const folders = () => {
    // A packed one may be unpacked while this process runs.
    if (found.bundle === null && pack !== null) found = findFolders();
    return found;
  };
  const path = (): string => [...folders().own, ...system].join(delimiter);
  // The qmk command has to come with the Python that the catalogue's helper runs on, so a system-wide one is left
  // alone; and an environment cannot be made from the Python inside it.
  const foldersOf = (name: ToolName): readonly string[] => {
    const { bundled, own } = folders();
    if (name === 'qmk') return own;
    return name === 'python' ? [...bundled, ...system] : [...own, ...system];
  };
  // By file and its time: an upgraded compiler must not keep the old one's version.
  const versions = new Map<string, string>();

  const find = (name: ToolName): FoundTool | null => {
    const { command, alsoNamed }: ToolDefinition = TOOLS[name];
    const places = foldersOf(name);
    const other = alsoNamed === undefined ? null : findOnPath(alsoNamed, places);
    const file = findOnPath(command, places) ?? other;
    return file === null ? null : { name, file };
  };

  const version = async (name: ToolName): Promise<string | null> => {
    const tool = find(name);
    if (tool === null) return null;
    const key = `${tool.file}:${statSync(tool.file).mtimeMs}`;
    const known = versions.get(key);
    if (known !== undefined) return known;
    const line = await readVersion(tool.file, TOOLS[name], path());
    // A tool that did not run may do so the next time: the machine was busy, or it was mended.
    if (line !== null) versions.set(key, line);
    return line;
  };

  const need = (name: ToolName): FoundTool => {
    const tool = find(name);
    if (tool !== null) return tool;
    throw new KilnError(
      'toolchain.missing',
      `The program ${TOOLS[name].command} is needed for this and was not found.`,
      { remedy: toolRemedy(name), details: { tool: TOOLS[name].command } },
    );
  };

  return {
    get path() {
      return path();
    },
    get bundle() {
      return folders().bundle;
    },
    pythonFolder,
    find,
    isBundled(names) {
      const { bundle } = folders();
      return (
        bundle !== null &&
        names.every((name) => {
          const tool = find(name);
          return tool !== null && dirname(tool.file) === bundleBin(bundle);
        })
      );
    },
    need,
    qmkPython() {
      const folder = dirname(need('qmk').file);
      return (
        findOnPath('python3', [folder]) ?? findOnPath('python', [folder]) ?? need('python').file
      );
    },
    version,
    async versions(names) {
      const found: Record<string, string> = {};
      for (const name of names) {
        const line = await version(name);
        if (line !== null) found[TOOLS[name].command] = line;
      }
      return found;
    },
  };
}
