/**
 * `version.h` by the tree's commit instead of the clock, so that the same input gives the same bytes.
 *
 * QMK's make asks the `qmk` command for it at every start. Kiln lets the tree's own generator write the file once,
 * puts its own values in, and has a small `qmk` in front of the real one hand it out.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../../core/errors.ts';
import { writeAtomically } from '../../../core/storage/atomic-write.ts';
import type { TreeVersion } from '../../../core/trees/contract.ts';

/** Runs the real `qmk` with the arguments, in the build's folder. @throws when it fails. */
export type RunQmk = (args: readonly string[]) => Promise<void>;

/** `2025-11-09-02:32:57`, as `qmk generate-version-h` writes it, in UTC; the epoch for a tree without git. */
export function formatBuildDate(committedAt: number | null): string {
  return new Date(committedAt ?? 0).toISOString().slice(0, 19).replace('T', '-');
}

/** A tag's name may hold quotes and whatever else would end a string of C, or the build. */
function asCText(text: string): string {
  return text.replace(/[^\w.+/@=,~-]/g, '_');
}

/** What goes into `version.h` in place of what the generator cannot know without git, by macro name. */
export function versionMacros(version: TreeVersion): Readonly<Record<string, string>> {
  const hash = version.commit === null ? 'NA' : version.commit.slice(0, 10);
  return {
    QMK_VERSION: asCText(version.describe),
    QMK_BUILDDATE: formatBuildDate(version.committedAt),
    QMK_GIT_HASH: `${hash}${version.dirty ? '*' : ''}`,
  };
}

/** Replaces the values of the macros in a generated `version.h`; the rest stays as the tree wrote it. */
export function stampVersionHeader(text: string, version: TreeVersion): string {
  const macros = versionMacros(version);
  return text.replace(
    /^([ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+)"[^"]*"/gm,
    (line, start: string, name: string) =>
      Object.hasOwn(macros, name) ? `${start}"${macros[name]}"` : line,
  );
}

/** The part of a key that changes when the tree's generator does. */
async function generatorStamp(tree: string): Promise<string> {
  const file = join(tree, 'lib/python/qmk/cli/generate/version_h.py');
  try {
    const { mtimeMs, size } = await stat(file);
    return `${file}:${size}:${mtimeMs}`;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return file;
    throw error;
  }
}

export interface StampOptions {
  readonly tree: string;
  readonly version: TreeVersion;
  readonly cacheFolder: string;
  /** The build's own folder, where the generator may write. */
  readonly overlay: string;
  readonly runQmk: RunQmk;
}

/** @returns the path of a `version.h` with the tree's own form and Kiln's values, made once and kept. */
export async function prepareVersionHeader(options: StampOptions): Promise<string> {
  const { tree, version, cacheFolder, overlay, runQmk } = options;
  const key = JSON.stringify([await generatorStamp(tree), versionMacros(version)]);
  const folder = join(cacheFolder, 'version-h');
  const name = `${createHash('sha256').update(key).digest('hex')}.h`;
  const file = join(folder, name);
  const known = await stat(file).catch(() => null);
  if (known !== null) return file;
  const raw = join(overlay, '.kiln-version.h');
  await runQmk(['generate-version-h', '--skip-git', '--quiet', '--output', raw]);
  await mkdir(folder, { recursive: true });
  await writeAtomically(folder, name, stampVersionHeader(await readFile(raw, 'utf8'), version));
  return file;
}

/** Shell, since QMK's makefiles need one anyway; it must start fast, make calls it about 14 times a build. */
const SHIM = `#!/bin/sh
# Stands before the real qmk while Kiln builds. version.h is stamped by the tree's commit, not by the clock.
if [ "$1" = generate-version-h ]; then
  target=
  while [ $# -gt 0 ]; do
    case "$1" in
      -o | --output) target=$2; shift ;;
      -o*) target=\${1#-o} ;;
      --output=*) target=\${1#--output=} ;;
    esac
    shift
  done
  [ -n "$target" ] || exec cat "$KILN_VERSION_H"
  mkdir -p "$(dirname "$target")"
  cmp -s "$KILN_VERSION_H" "$target" || cp "$KILN_VERSION_H" "$target"
  exit
fi
[ -z "$KILN_RECORD" ] || printf '%s\\0' "$PWD" "$MAKEFILE_LIST" "$@" >> "$KILN_RECORD/qmk.$$"
calls=$KILN_QMK_CALLS
[ -n "$calls" ] && [ -p "$calls/requests" ] || exec "$KILN_QMK" "$@"
# resources/python/kiln_qmk.py answers, without a new start of Python: those whose options concern one call alone.
case "$1" in
  json2c | generate-make-dependencies | generate-rules-mk | generate-config-h | generate-keyboard-[ch] | generate-keymap-h) ;;
  generate-community-modules-* | generate-*-community-modules-inc) ;;
  *) exec "$KILN_QMK" "$@" ;;
esac
mkfifo "$calls/$$.done" || exec "$KILN_QMK" "$@"
printf '%s\\0' "$PWD" "$@" > "$calls/$$.args"
echo $$ > "$calls/requests"
read -r code < "$calls/$$.done"
[ ! -s "$calls/$$.out" ] || cat "$calls/$$.out"
[ ! -s "$calls/$$.err" ] || cat "$calls/$$.err" >&2
exit "$code"
`;

/** Writes the `qmk` that stands before the real one. @returns the folder to put first on PATH. */
export async function writeShim(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'qmk');
  await writeFile(file, SHIM);
  await chmod(file, 0o755);
  return folder;
}
