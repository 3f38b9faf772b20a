/** Builds by a plan: the kept files in their places, the new sources beside them, then the plan's commands. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { BuildPlan } from './plan.ts';
import { shellLine } from './shell.ts';

/** Folders that have to be real, since something new will be written to them; relative, with all around them. */
function writtenFolders(plan: BuildPlan): Set<string> {
  const folders = new Set<string>();
  for (const file of [...plan.outputs, ...plan.sources]) {
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) {
      folders.add(folder);
    }
  }
  return folders;
}

/**
 * Lays out what the commands read and will write to.
 * @param keptFolder where the plan's kept files lie, each at its relative path.
 * @param root folder for the commands; what the tree gives is there already.
 */
export function layOut(
  plan: BuildPlan,
  keptFolder: string,
  root: string,
  sources: Readonly<Record<string, string>>,
): void {
  const written = writtenFolders(plan);
  for (const folder of written) mkdirSync(join(root, folder), { recursive: true });
  const linked = new Set<string>();
  for (const { path } of plan.kept) {
    // As high up as possible: one link for a whole folder of objects.
    let entry = path;
    while (posix.dirname(entry) !== '.' && !written.has(posix.dirname(entry)))
      entry = posix.dirname(entry);
    if (linked.has(entry)) continue;
    linked.add(entry);
    symlinkSync(join(keptFolder, entry), join(root, entry));
  }
  for (const file of plan.sources) {
    const text = sources[file];
    if (text === undefined) throw new Error(`the plan needs ${file}`);
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

/** The plan's commands for `sh`: one after the other, until one fails. */
export function planScript({ steps }: BuildPlan): string {
  return `${steps.map(({ program, args }) => `${shellLine(program, args)} || exit`).join('\n')}\n`;
}
