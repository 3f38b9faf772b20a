/** Makes a build plan out of what a full build left and what was recorded of it. */
import { hash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, posix, resolve } from 'node:path';
import { isWithin } from '../../sandbox/places.ts';
import { readRegularText } from '../regular-file.ts';
import { withoutRoot } from './any-root.ts';
import { parseDependencies } from './dependency-file.ts';
import { type BuildPlan, PLAN_FORMAT, type PlanStep } from './plan.ts';
import { createRealPlaces } from './real-places.ts';
import type { RecordedCommand } from './recorder.ts';
import {
  compilerOutput,
  fromRoot,
  isCompile,
  NoPlan,
  type SelectedSteps,
  selectSteps,
} from './select-steps.ts';
import { changedSince, signatureOf, signatureOfLink } from './signature.ts';

export interface FullBuild {
  readonly commands: readonly RecordedCommand[];
  /** Folder in which the commands ran. */
  readonly root: string;
  /** Holds `root` and all else that goes with the build. */
  readonly buildFolder: string;
  /** Files that the keymap alone decides; relative to `root`. */
  readonly sources: readonly string[];
  /** The image's file; relative to `root`. */
  readonly image: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly sizeLimit: number | null;
  /** Folders and files that the build read without any command naming them, with all that is in them. */
  readonly alsoRead: readonly string[];
  /** Folders of which it only mattered what is called what in them. */
  readonly alsoListed: readonly string[];
  /** Of the machine: programs, parts of compilers, libraries. */
  readonly toolFiles: readonly string[];
  /** Folders in which programs were looked for, in their order. */
  readonly searched: readonly string[];
  /** Of the machine: folders of headers. */
  readonly headerFolders: readonly string[];
  /** Of compile commands that wrote no list themselves, by their output. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  readonly generated: Readonly<Record<string, string>>;
  /** Folders that every root has from the start, made of the tree’s; relative. */
  readonly given: readonly string[];
  /** Places in the tree that builds do not see. */
  readonly hidden: readonly string[];
}

const MOST_INPUTS = 20_000;

/** Where a compile command listed what it read. QMK moves `.td` to `.d` afterwards. */
function dependencyFile(root: string, { args }: PlanStep, output: string): string | null {
  const given = args.includes('-MF') ? args[args.indexOf('-MF') + 1] : undefined;
  const named = given === undefined ? [] : [given, given.replace(/\.td$/, '.d')];
  const all = [...named, output.replace(/\.o$/, '.d')].map((name) => join(root, name));
  return all.find((file) => existsSync(file)) ?? null;
}

/** Compile commands that left no list of what they read, as those of assembler sources. */
export function compilesWithoutList(
  commands: readonly RecordedCommand[],
  root: string,
): readonly PlanStep[] {
  return commands.filter(
    (command) =>
      isCompile(command) && dependencyFile(root, command, compilerOutput(command) ?? '') === null,
  );
}

/** Commands that link the program of that file name. */
export function linksOf(
  commands: readonly RecordedCommand[],
  program: string,
): readonly PlanStep[] {
  return commands.filter(
    (command) =>
      !isCompile(command) &&
      /gcc$|g\+\+$/.test(command.program) &&
      basename(compilerOutput(command) ?? '') === program,
  );
}

/** All files and folders in there. Folders of C++ headers are large, and nothing to a keyboard. */
function everythingIn(path: string): string[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true }).reduce<string[]>(
    (found, entry) => {
      if (entry.name === 'c++' || entry.name === '__pycache__') return found;
      found.push(...everythingIn(join(path, entry.name)));
      return found;
    },
    [path],
  );
}

/** Folders in which compilers look for headers: a new file in one can take the place of another. */
function includeFolders({ args }: PlanStep): string[] {
  return args.flatMap((arg, index) => {
    if (/^-(?:I|iquote|isystem)$/.test(arg)) return [args[index + 1] ?? '.'];
    return arg.startsWith('-I') ? [arg.slice(2)] : [];
  });
}

function dependenciesOf({
  commands,
  root,
  dependencies,
}: FullBuild): Map<string, readonly string[]> {
  const lists = new Map<string, readonly string[]>();
  for (const command of commands.filter(isCompile)) {
    const output = compilerOutput(command) ?? '';
    const file = dependencyFile(root, command, output);
    const list =
      file === null ? dependencies.get(output) : parseDependencies(readRegularText(file) ?? '');
    if (list === undefined || list.length === 0) {
      throw new NoPlan(`it is not known what ${basename(output)} was made of`);
    }
    lists.set(output, list);
  }
  return lists;
}

/** Files of the build's own folder that the steps read and no keymap changes. */
function keptFiles(
  { root, sources, given }: FullBuild,
  { steps, outputs, reads }: SelectedSteps,
): string[] {
  const realRoot = realpathSync.native(root);
  const made = new Set([...outputs, ...sources].map((name) => posix.normalize(name)));
  const named = [...steps.flatMap(({ args }) => args), ...reads].map((name) =>
    fromRoot(name, root),
  );
  return [...new Set(named)].filter((name) => {
    if (made.has(name) || isAbsolute(name) || name.startsWith('..')) return false;
    if (given.some((folder) => isWithin(name, folder))) return false;
    const file = join(root, name);
    // Not reached over a link, which leads into the tree.
    return (
      existsSync(file) &&
      lstatSync(file).isFile() &&
      realpathSync.native(file) === join(realRoot, name)
    );
  });
}

/** Objects may name the folder that they were made in, in what no image has. Sources must not: it is gone by then. */
function keptFile(path: string, root: string): BuildPlan['kept'][number] {
  const kept = { path: withoutRoot(path, root), stamp: '' };
  const content = readFileSync(join(root, path));
  if (!content.includes(root) || content.includes(0)) {
    return { ...kept, content: hash('sha256', content, 'hex') };
  }
  const text = withoutRoot(content.toString('utf8'), root);
  return { ...kept, content: hash('sha256', text, 'hex'), namesRoot: true };
}

/** Names as they are outside of the build's own folder, which is gone when the plan is used; and the links on the way. */
function outside({ buildFolder, hidden }: FullBuild, paths: Iterable<string>): Outside {
  const real = createRealPlaces();
  const own = [buildFolder, real.of(buildFolder)];
  const secrets = hidden.map(real.of);
  const isOutside = (place: string) => !own.some((folder) => isWithin(place, folder));
  const found = new Set<string>();
  for (const path of new Set(paths)) {
    const place = real.of(path);
    if (isOutside(place) && !secrets.some((secret) => isWithin(place, secret))) found.add(place);
  }
  return { places: [...found].sort(), links: real.links().filter(isOutside).sort() };
}

interface Outside {
  readonly places: readonly string[];
  readonly links: readonly string[];
}

/**
 * Where the programs were looked for, up to where they were found: a new one in a folder before that would take its place.
 */
function searchedPlaces({ searched }: FullBuild, commands: readonly PlanStep[]): string[] {
  const programs = new Set(commands.map(({ program }) => program));
  return [...programs].flatMap((program) => {
    const places = searched.map((folder) => join(folder, program));
    return places.slice(0, places.findIndex((place) => existsSync(place)) + 1);
  });
}

/** Files by what a command or a list calls them, with their folders. */
function readByName(root: string, names: readonly string[]): string[] {
  // Hundreds of objects name the same headers.
  const all = new Set([...new Set(names)].map((name) => resolve(root, name)));
  const files = [...all].filter((file) => existsSync(file));
  return [...new Set(files.flatMap((file) => [file, dirname(file)]))];
}

/**
 * All that the plan's commands may read: what they name and list, what lies where they look, and the tools themselves.
 * @param others compile commands whose folders and tools count, too.
 */
function readBySteps(
  build: FullBuild,
  others: readonly PlanStep[],
  { steps, reads }: SelectedSteps,
): string[] {
  const { root, given, alsoRead, headerFolders, toolFiles } = build;
  const named = steps.flatMap(({ args }) => args.filter((arg) => /[\w)]$/.test(arg)));
  const all = [...others, ...steps];
  // Programs of the tree, with what they may have beside them.
  const programs = alsoRead.filter((path) => given.includes(basename(path)));
  return [
    ...readByName(root, [...reads, ...named.map(withoutOption)]),
    ...[...new Set(all.flatMap(includeFolders))].map((name) => resolve(root, name)),
    ...[...programs, ...headerFolders, ...toolFiles].flatMap(everythingIn),
    ...searchedPlaces(build, all),
  ];
}

/** @throws NoPlan with why this build cannot be repeated in part. */
export function makePlan(build: FullBuild): BuildPlan {
  const { root, commands } = build;
  const lists = dependenciesOf(build);
  const selected = selectSteps(
    commands,
    build.sources,
    root,
    (output) => lists.get(output) ?? null,
  );
  if (!selected.outputs.includes(posix.normalize(build.image))) {
    throw new NoPlan('no command that was recorded makes the image');
  }
  const { places, links } = outside(build, [
    ...readByName(root, [
      ...[...lists.values()].flat(),
      ...commands.flatMap(({ makefiles }) => makefiles),
    ]),
    ...readBySteps(build, commands.filter(isCompile), selected),
    ...build.alsoRead.flatMap(everythingIn),
    ...build.alsoListed,
  ]);
  if (places.length > MOST_INPUTS) throw new NoPlan(`it read ${places.length} files`);
  const late = new Set(outside(build, readBySteps(build, [], selected)).places);
  const inputs = [
    ...links.map(signatureOfLink),
    ...places.filter((place) => late.has(place)).map(signatureOf),
  ];
  const origins = places.filter((place) => !late.has(place)).map(signatureOf);
  const changed = [...inputs, ...origins].find((signature) =>
    changedSince(signature, build.startedAt),
  );
  if (changed !== undefined)
    throw new NoPlan(`${basename(changed.path)} changed while it was built`);
  return {
    format: PLAN_FORMAT,
    steps: selected.steps.map(({ program, args }) => ({
      program,
      args: args.map((arg) => withoutRoot(arg, root)),
    })),
    sources: [...build.sources],
    outputs: selected.outputs.map((path) => withoutRoot(path, root)),
    kept: keptFiles(build, selected).map((path) => keptFile(path, root)),
    inputs,
    origins,
    generated: { ...build.generated },
    sizeLimit: build.sizeLimit,
  };
}

/** `-Tscript.ld`, `-Wl,--script=script.ld`: a file behind an option. */
function withoutOption(arg: string): string {
  return arg.replace(/^-T/, '').replace(/^-.*=/, '');
}
