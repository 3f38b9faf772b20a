/** Finds, among all commands of a build, those that a new keymap reaches. Pure. */
import { posix } from 'node:path';
import type { PlanStep } from './plan.ts';
import type { RecordedCommand } from './recorder.ts';

/** Why there is no plan, as a part of a sentence. */
export class NoPlan extends Error {
  override readonly name = 'NoPlan';
}

/** Of a compile command: what its dependency file lists; null where there is none. */
export type DependenciesOf = (output: string) => readonly string[] | null;

const COMPILER = /(?:^|-)(?:gcc|g\+\+)$/;

const normal = (path: string): string => posix.normalize(path);

function valueAfter(args: readonly string[], names: readonly string[]): string | null {
  for (const [index, arg] of args.entries()) {
    if (names.includes(arg)) return args[index + 1] ?? null;
    const long = names.find((name) => name.startsWith('--') && arg.startsWith(`${name}=`));
    if (long !== undefined) return arg.slice(long.length + 1);
  }
  return null;
}

/** Whether a command compiles or assembles one file. */
export function isCompile({ program, args }: RecordedCommand): boolean {
  return COMPILER.test(program) && args.includes('-c');
}

/** The file that a compiler writes. */
export function compilerOutput({ args }: PlanStep): string | null {
  const output = valueAfter(args, ['-o', '--output']);
  return output === null ? null : normal(output);
}

/**
 * What a command writes, by what is known of its program.
 * @returns an empty list for a program that only reports.
 * @throws NoPlan for a program that Kiln does not know so well.
 */
function outputsOf({ program, args }: RecordedCommand): string[] {
  const last = args.at(-1);
  const one = (file: string | null | undefined): string[] => {
    if (file === null || file === undefined) throw new NoPlan(`${program} names no output`);
    return [normal(file)];
  };
  if (COMPILER.test(program) && args.includes('-E') && !args.includes('-o')) return [];
  if (COMPILER.test(program)) return one(valueAfter(args, ['-o', '--output']));
  if (/(?:^|-)(?:size|nm)$/.test(program)) return [];
  if (/(?:^|-)objcopy$/.test(program) || program === 'cp') return one(last);
  if (program === 'dfu-suffix') return one(valueAfter(args, ['-a', '--add']));
  if (program === 'python3' && posix.basename(args[0] ?? '') === 'uf2conv.py') {
    return one(valueAfter(args, ['-o', '--output']));
  }
  const shown = program === 'python3' ? posix.basename(args[0] ?? program) : program;
  throw new NoPlan(`the build ran ${shown} on what depends on the keymap`);
}

/**
 * A name as it is from the root, also where the tree names it from the top: QMK does so for its community modules.
 * @param root without a slash at its end.
 */
export function fromRoot(path: string, root: string): string {
  const plain = normal(path);
  return plain.startsWith(`${root}/`) ? plain.slice(root.length + 1) : plain;
}

/** Whether the arguments name the file, alone or as an option's value. A macro's text reads no file. */
function names(args: readonly string[], file: string): boolean {
  return args.some((arg) => normal(arg) === file || (arg.includes(file) && !arg.startsWith('-D')));
}

export interface SelectedSteps {
  readonly steps: readonly PlanStep[];
  readonly outputs: readonly string[];
  /** Files that compile steps read, by their dependency files. */
  readonly reads: readonly string[];
}

/**
 * @param commands in the order in which they began: who reads a file began after who wrote it had ended.
 * @param sources files that change with the keymap; relative to `root`.
 * @param root folder in which the commands ran.
 * @throws NoPlan
 */
export function selectSteps(
  commands: readonly RecordedCommand[],
  sources: readonly string[],
  root: string,
  dependenciesOf: DependenciesOf,
): SelectedSteps {
  const changed = new Set(sources.map(normal));
  const steps: PlanStep[] = [];
  const outputs: string[] = [];
  const reads: string[] = [];
  for (const command of commands) {
    const { program, args } = command;
    const dependencies = isCompile(command) ? dependenciesOf(compilerOutput(command) ?? '') : null;
    const isReached =
      dependencies === null
        ? [...changed].some((file) => names(args, file))
        : dependencies.some((file) => changed.has(fromRoot(file, root)));
    if (!isReached) continue;
    const written = outputsOf(command);
    if (written.length === 0) continue;
    if (command.cwd !== root) throw new NoPlan(`${program} ran in a folder of its own`);
    steps.push({ program, args });
    reads.push(...(dependencies ?? []));
    for (const file of written.map((name) => fromRoot(name, root))) {
      changed.add(file);
      outputs.push(file);
    }
  }
  if (steps.length === 0) throw new NoPlan('no command reads the keymap');
  return {
    steps,
    outputs: [...new Set(outputs)],
    reads: [...new Set(reads.map((file) => fromRoot(file, root)))],
  };
}
