/** Builds by a plan: the kept files in their places, the new sources beside them, then the plan's commands. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { withRoot } from './any-root.ts';
import type { BuildPlan } from './plan.ts';
import { shellLine } from './shell.ts';

/** Folders of files that are not linked with all their folder; relative, with all around them. */
function writtenFolders(files: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) {
      folders.add(folder);
    }
  }
  return folders;
}

/** A link to a kept folder, in the folder that has links to some of its files. */
const KEPT = '.kiln-kept';
/** Bytes of a link’s text that file systems keep without a block of its own: ext4’s number, the least of those in use. */
const SHORT_LINK = 59;

/**
 * Links with few characters: one in each folder has the long path to the kept files, and the others begin with it. A file
 * system keeps short ones with the file's own entry; long ones take a block each, and thirty of them more time than the
 * compiler.
 * @returns makes a link to a kept file, whose folder is there.
 */
function linkByFolder(keptFolder: string, root: string): (path: string) => void {
  const known = new Set<string>();
  return (path) => {
    const folder = posix.dirname(path);
    const target = posix.join(KEPT, posix.basename(path));
    const isLong = join(keptFolder, path).length > SHORT_LINK && target.length <= SHORT_LINK;
    if (!isLong) {
      symlinkSync(join(keptFolder, path), join(root, path));
      return;
    }
    if (!known.has(folder)) {
      known.add(folder);
      symlinkSync(join(keptFolder, folder), join(root, folder, KEPT));
    }
    symlinkSync(target, join(root, path));
  };
}

/**
 * Lays out what the commands read and will write to, but for the sources.
 * @param keptFolder where the plan's kept files lie, each at its relative path.
 * @param root folder for the commands; what the tree gives is there already.
 */
export function layOut(plan: BuildPlan, keptFolder: string, root: string): void {
  const places = plan.kept.map((file) => ({
    ...file,
    place: posix.normalize(withRoot(file.path, root)),
  }));
  const isAlone = ({ path, place, namesRoot }: (typeof places)[number]) =>
    path !== place || namesRoot === true;
  const moved = places.filter(isAlone).map(({ place }) => place);
  const outputs = plan.outputs.map((path) => posix.normalize(withRoot(path, root)));
  const written = writtenFolders([...outputs, ...plan.sources, ...moved]);
  for (const folder of written) mkdirSync(join(root, folder), { recursive: true });
  const linked = new Set<string>();
  const link = linkByFolder(keptFolder, root);
  for (const file of places) {
    const kept = join(keptFolder, file.path);
    if (isAlone(file)) {
      if (file.namesRoot) {
        writeFileSync(join(root, file.place), withRoot(readFileSync(kept, 'utf8'), root));
      } else symlinkSync(kept, join(root, file.place));
      continue;
    }
    // As high up as possible: one link for a whole folder of objects.
    let entry = file.path;
    while (posix.dirname(entry) !== '.' && !written.has(posix.dirname(entry)))
      entry = posix.dirname(entry);
    if (linked.has(entry)) continue;
    linked.add(entry);
    link(entry);
  }
}

/** @param root where `layOut` was called for the same plan. */
export function writeSources(
  plan: BuildPlan,
  root: string,
  sources: Readonly<Record<string, string>>,
): void {
  for (const file of plan.sources) {
    const text = sources[file];
    if (text === undefined) throw new Error(`the plan needs ${file}`);
    writeFileSync(join(root, file), text);
  }
}

/**
 * The plan's commands for `sh`: one after the other, until one fails.
 * @param root folder that they run in.
 */
export function planScript({ steps }: BuildPlan, root: string): string {
  const lines = steps.map(({ program, args }) =>
    shellLine(
      program,
      args.map((arg) => withRoot(arg, root)),
    ),
  );
  return `${lines.map((line) => `${line} || exit`).join('\n')}\n`;
}
