/** Asks the compilers, after a full build, what of the machine's own files they read, which no record tells. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularText } from '../regular-file.ts';
import { parseDependencies } from './dependency-file.ts';
import type { PlanStep } from './plan.ts';
import type { RecordedCommand } from './recorder.ts';
import { compilerOutput, isCompile } from './select-steps.ts';
import { shellLine } from './shell.ts';

/** Programs that a compiler runs by itself. */
const PARTS = ['cc1', 'as', 'collect2', 'ld', 'lto1', 'lto-wrapper'];
/** Files and folders that it looks for by itself. */
const FOUND = ['liblto_plugin.so', 'device-specs', 'specs'];

export interface Question {
  readonly script: string;
  /** Reads the answers after the script has run in `root`. Machine files by their names, and assembler headers. */
  read(): Answers;
}

export interface Answers {
  readonly toolFiles: readonly string[];
  /** Folders in which the compilers look for the system’s headers. */
  readonly headerFolders: readonly string[];
  /** Dependencies of compile commands that wrote no dependency file, by output. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

/** The same command, printing what the file includes instead of compiling it. */
function listIncludes({ program, args }: PlanStep): string {
  const kept = args.filter(
    (arg, index) => arg !== '-c' && arg !== '-o' && args[index - 1] !== '-o',
  );
  return shellLine(program, ['-M', ...kept]);
}

function words(file: string): string[] {
  return readRegularText(file)?.split('\n') ?? [];
}

function headerFoldersIn(lines: readonly string[]): string[] {
  const start = lines.findIndex((line) => line.startsWith('#include <...>'));
  const end = lines.findIndex((line) => line.startsWith('End of search list'));
  return lines.slice(start + 1, end).map((line) => line.trim());
}

/** Lines of `ld --trace`: `/usr/lib/crt.o`, `(/usr/lib/libm.a)sin.o` and, since 2.35, `/usr/lib/libm.a(sin.o)`. */
function linkedFile(line: string): string {
  return line.replace(/^\(([^)]*)\).*$/, '$1').replace(/\([^)]*\)$/, '');
}

/**
 * @param folder exists inside the build's folder, for the answers.
 * @param withoutList compile commands that wrote no dependency file.
 * @param links the build's link commands; they are run once more.
 */
export function askTools(
  folder: string,
  commands: readonly RecordedCommand[],
  withoutList: readonly PlanStep[],
  links: readonly PlanStep[],
): Question {
  const compilers = [...new Set(commands.filter(isCompile).map(({ program }) => program))];
  const specs = links.flatMap(({ args }) =>
    args.flatMap((arg) => /^--?specs=([\w.-]+)$/.exec(arg)?.[1] ?? []),
  );
  const found = [...new Set([...FOUND, ...specs])];
  const at = (name: string) => join(folder, name);
  const into = (line: string, name: string) => `${line} > ${shellLine(at(name), [])} 2>&1 || :`;
  const lines = [
    ...compilers.flatMap((program) => [
      into(shellLine(program, ['-v', '-E', '-x', 'c', '/dev/null']), `${program}.headers`),
      ...PARTS.map((part) =>
        into(shellLine(program, [`-print-prog-name=${part}`]), `${program}.${part}`),
      ),
      ...found.map((name) =>
        into(shellLine(program, [`-print-file-name=${name}`]), `${program}.${name}`),
      ),
    ]),
    ...withoutList.map((step, index) => into(listIncludes(step), `${index}.d`)),
    ...links.map(({ program, args }, index) =>
      into(shellLine(program, [...args, '-Wl,--trace']), `${index}.linked`),
    ),
  ];
  return {
    script: `${lines.join('\n')}\n`,
    read() {
      const parts = compilers.flatMap((program) =>
        [...PARTS, ...found].flatMap((part) => words(at(`${program}.${part}`)).slice(0, 1)),
      );
      const linked = links.flatMap((_, index) => words(at(`${index}.linked`)).map(linkedFile));
      const dependencies = withoutList.map((step, index): [string, readonly string[]] => [
        compilerOutput(step) ?? '',
        parseDependencies(words(at(`${index}.d`)).join('\n')),
      ]);
      return {
        toolFiles: [...new Set([...parts, ...linked])].filter(
          (file) => file.startsWith('/') && existsSync(file),
        ),
        headerFolders: compilers
          .flatMap((program) => headerFoldersIn(words(at(`${program}.headers`))))
          .filter((path) => path.startsWith('/') && existsSync(path)),
        dependencies: new Map(dependencies),
      };
    },
  };
}
