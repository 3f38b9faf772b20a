/**
 * Writes down each command that a build really runs: small programs before the real ones on the build's PATH note
 * their arguments and hand over. What a build ran is known then, whatever its makefiles are like.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { findOnPath } from '../../../core/toolchain/toolchain.ts';

/** Prefixes of compilers and their tools. */
const TARGETS = [
  'avr',
  'arm-none-eabi',
  'riscv32-unknown-elf',
  'riscv64-unknown-elf',
  'riscv-none-elf',
];
const TARGET_TOOLS = ['gcc', 'g++', 'ar', 'ld', 'objcopy', 'size', 'nm', 'strip'];
/** What else makes files out of others between an object and the image. */
const OTHER_TOOLS = ['cp', 'python3', 'dfu-suffix'];

/** Variable with the folder of the records. */
export const RECORD_VARIABLE = 'KILN_RECORD';

/** A makefile that is read before the tree's own: it lets commands see which makefiles were read. */
const EXPORTS = 'export MAKEFILE_LIST\n';

/** One command, as it was run. */
export interface RecordedCommand {
  /** Name of the program, as it was looked up. */
  readonly program: string;
  readonly args: readonly string[];
  /** Folder that it ran in. */
  readonly cwd: string;
  /** Makefiles that its make had read, in make's own words; empty for commands that ran meanwhile. */
  readonly makefiles: readonly string[];
}

/** Bytes. A build of 250 objects makes 1 MB of records. */
const MOST_BYTES = 64 * 1024 * 1024;
const READ_IN_ONE_GO = 64;

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Makefiles ask some hundred times a build whether the compiler takes an option, always the same few questions: the
 * answers are kept for the build.
 */
function shim(program: string, file: string): string {
  return `#!/bin/sh
# Stands before the real ${program} while Kiln builds, and writes down how it was called.
real=${quote(file)}
case "$*" in
  *' -o /dev/null -x c /dev/null')
    question=\${*%' -o /dev/null -x c /dev/null'}
    case "$question" in */*) exec "$real" "$@" ;; esac
    known=$${RECORD_VARIABLE}/asked/${program}.$question
    if [ ! -e "$known" ]; then
      printed=$("$real" "$@" 2>&1)
      printf '%s\\n' "$?" "$printed" > "$known.$$" && mv -f "$known.$$" "$known"
    fi
    {
      read -r answer
      while IFS= read -r line; do [ -z "$line" ] || printf '%s\\n' "$line" >&2; done
    } < "$known"
    exit "$answer" ;;
esac
{ printf '%s\\0' "$PWD" "$MAKEFILE_LIST" "$@"; } >> "$${RECORD_VARIABLE}/${program}.$$"
exec "$real" "$@"
`;
}

export interface Recorder {
  /** To be put first on the build's PATH. */
  readonly bin: string;
  /** Added to the build's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What was recorded, in the order in which it began. Null when the build left something else there. */
  read(): Promise<readonly RecordedCommand[] | null>;
}

/**
 * Prepares a recorder for one build.
 * @param folder to be made; the build writes its records there.
 * @param bin to be made; holds the small programs.
 * @param path the build's PATH, where the real programs are.
 */
export async function createRecorder(folder: string, bin: string, path: string): Promise<Recorder> {
  await mkdir(join(folder, 'asked'), { recursive: true });
  await mkdir(bin, { recursive: true });
  const folders = path.split(delimiter);
  const names = [
    ...TARGETS.flatMap((target) => TARGET_TOOLS.map((tool) => `${target}-${tool}`)),
    ...OTHER_TOOLS,
  ];
  for (const name of names) {
    const real = findOnPath(name, folders);
    if (real === null) continue;
    const file = join(bin, name);
    await writeFile(file, shim(name, real));
    await chmod(file, 0o755);
  }
  const exports = join(bin, 'exports.mk');
  await writeFile(exports, EXPORTS);
  return {
    bin,
    env: { [RECORD_VARIABLE]: folder, MAKEFILES: exports },
    read: () => readRecords(folder),
  };
}

/** A build could put anything in the place of its records, so they are read as what may be hostile. */
function readRecord(file: string): { text: string; at: bigint } | null {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  let handle: number;
  try {
    handle = openSync(file, flags);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(handle, { bigint: true });
    if (!stats.isFile() || stats.size > MOST_BYTES) return null;
    return { text: readFileSync(handle, 'utf8'), at: stats.mtimeNs };
  } finally {
    closeSync(handle);
  }
}

function parseRecord(name: string, text: string): RecordedCommand | null {
  const program = name.slice(0, name.lastIndexOf('.'));
  const [cwd, makefiles, ...args] = text.split('\0').slice(0, -1);
  if (cwd === undefined || makefiles === undefined || !text.endsWith('\0')) return null;
  return { program, args, cwd, makefiles: makefiles.split(' ').filter((word) => word !== '') };
}

export async function readRecords(folder: string): Promise<readonly RecordedCommand[] | null> {
  const found: { command: RecordedCommand; at: bigint }[] = [];
  let bytes = 0;
  for (const [index, name] of (await readdir(folder)).entries()) {
    if (name === 'asked') continue;
    // Two hundred small files: each wait would take longer than the reading.
    if (index % READ_IN_ONE_GO === 0) await nextTurn();
    const record = readRecord(join(folder, name));
    const command = record === null ? null : parseRecord(name, record.text);
    if (record === null || command === null) return null;
    bytes += record.text.length;
    if (bytes > MOST_BYTES) return null;
    found.push({ command, at: record.at });
  }
  return found
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ command }) => command);
}
