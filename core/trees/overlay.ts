/**
 * A folder that looks like a QMK tree and takes all that a build writes: one link for each top-level entry of the
 * real tree, which is never written to. QMK's tools work from their current folder, and the images come out the same
 * as in the tree itself (a test compares them).
 */
import { constants, type Dirent } from 'node:fs';
import { access, chmod, copyFile, mkdir, open, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Not linked: outputs of other builds, git's own, other people's settings that a keymap's name could pull in. */
const LEFT_OUT = new Set(['.git', '.build', 'users']);
const OUTPUT = /\.(?:hex|bin|uf2|elf|eep)$/i;

/** Holds scripts that make runs directly. */
const SCRIPTS = 'util';

async function isScriptWithoutPermission(file: string): Promise<boolean> {
  const executable = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (executable) return false;
  const handle = await open(file);
  try {
    const start = Buffer.alloc(2);
    await handle.read(start, 0, 2, 0);
    return start.toString('latin1') === '#!';
  } finally {
    await handle.close();
  }
}

/**
 * Links the folder of scripts entry by entry, and copies a script that may not be executed: trees that came as a zip
 * file or through Windows have lost that permission, and `uf2conv.py` would fail without a word.
 */
async function linkScripts(from: string, to: string): Promise<void> {
  await mkdir(to);
  const link = async (entry: Dirent): Promise<void> => {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isFile() && (await isScriptWithoutPermission(source))) {
      await copyFile(source, target);
      await chmod(target, 0o755);
    } else {
      await symlink(source, target, entry.isDirectory() ? 'junction' : 'file');
    }
  };
  await Promise.all((await readdir(from, { withFileTypes: true })).map(link));
}

/**
 * @param tree the real tree.
 * @param overlay an empty folder that becomes the build's QMK home.
 */
export async function createOverlay(tree: string, overlay: string): Promise<void> {
  const link = async (entry: Dirent): Promise<void> => {
    // A link too: the build would write its own image through it.
    if (LEFT_OUT.has(entry.name) || (!entry.isDirectory() && OUTPUT.test(entry.name))) return;
    const source = join(tree, entry.name);
    const target = join(overlay, entry.name);
    if (entry.name === SCRIPTS && entry.isDirectory()) await linkScripts(source, target);
    // Junctions are Windows' links that need no special right; elsewhere the type is ignored.
    else await symlink(source, target, entry.isDirectory() ? 'junction' : 'file');
  };
  // Side by side: one after the other, some sixty of them take as long as the sandbox.
  const entries = await readdir(tree, { withFileTypes: true });
  await Promise.all([mkdir(join(overlay, 'users')), ...entries.map(link)]);
}
