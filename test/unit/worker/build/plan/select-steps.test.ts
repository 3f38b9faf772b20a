import { describe, expect, it } from 'vitest';
import type { RecordedCommand } from '../../../../../worker/build/plan/recorder.ts';
import { NoPlan, selectSteps } from '../../../../../worker/build/plan/select-steps.ts';

const ROOT = '/job/root';

function command(line: string, cwd = ROOT): RecordedCommand {
  const [program = '', ...args] = line.split(' ');
  return { program, args, cwd, makefiles: [] };
}

const LISTS: Readonly<Record<string, readonly string[]>> = {
  'obj/keys.o': ['keys.c', 'src/keymap.c', 'a.h'],
  'obj/main.o': ['main.c', 'a.h'],
};

const BUILD = [
  'avr-gcc -E -DKEYMAP="src/keymap.c" size.c',
  'avr-gcc -DKEYMAP="src/keymap.c" -c main.c -o obj/main.o',
  'avr-gcc -DKEYMAP="src/keymap.c" -c keys.c -o obj/keys.o',
  'avr-gcc obj/main.o ./obj/keys.o --output obj/all.elf',
  'avr-size obj/all.elf',
  'avr-objcopy -O ihex obj/all.elf obj/all.hex',
  'cp obj/all.hex all.hex',
];

const select = (lines: readonly string[]) =>
  selectSteps(
    lines.map((line) => command(line)),
    ['./src/keymap.c'],
    ROOT,
    (output) => LISTS[output] ?? null,
  );

describe('the commands that a keymap reaches', () => {
  it('are those that read it, and those that read what they write, in their order', () => {
    const { steps, outputs, reads } = select(BUILD);
    expect(steps.map(({ program, args }) => [program, ...args].join(' '))).toEqual(
      [2, 3, 5, 6].map((index) => BUILD[index]),
    );
    expect(outputs).toEqual(['obj/keys.o', 'obj/all.elf', 'obj/all.hex', 'all.hex']);
    expect(reads).toEqual(['keys.c', 'src/keymap.c', 'a.h']);
  });

  it('take in a UF2 conversion and a DFU suffix', () => {
    const { outputs } = select([
      ...BUILD.slice(0, 4),
      'arm-none-eabi-objcopy -O binary obj/all.elf obj/all.bin',
      'dfu-suffix -v 1 -p 2 -a obj/all.bin',
      'python3 ./util/uf2conv.py obj/all.bin --output obj/all.uf2 --convert',
    ]);
    expect(outputs).toContain('obj/all.uf2');
    expect(outputs.filter((name) => name === 'obj/all.bin')).toHaveLength(1);
  });

  it.each([
    ['a program that is not known', 'avr-strip obj/all.elf'],
    ['a script that is not known', 'python3 util/pad.py obj/all.elf'],
    ['a compiler without an output', 'avr-gcc obj/keys.o'],
  ])('are not known with %s', (_name, line) => {
    expect(() => select([...BUILD.slice(0, 4), line])).toThrow(NoPlan);
  });

  it('are not known where one ran elsewhere', () => {
    const commands = BUILD.map((line) => command(line));
    const of = (all: readonly RecordedCommand[]) => () =>
      selectSteps(all, ['src/keymap.c'], ROOT, (output) => LISTS[output] ?? null);
    expect(of([...commands, command('cp all.hex b.hex', '/elsewhere')])).toThrow(NoPlan);
    expect(of(commands)).not.toThrow();
  });

  it('are those that read and write it by its whole name, too', () => {
    const commands = [
      ...BUILD.slice(0, 4),
      `cp obj/all.elf ${ROOT}/b.elf`,
      'avr-objcopy -O ihex b.elf b.hex',
    ];
    const { outputs, reads } = selectSteps(
      commands.map((line) => command(line)),
      ['src/keymap.c'],
      ROOT,
      (output) => LISTS[output]?.map((name) => `${ROOT}/${name}`) ?? null,
    );
    expect(outputs).toEqual(['obj/keys.o', 'obj/all.elf', 'b.elf', 'b.hex']);
    expect(reads).toEqual(['keys.c', 'src/keymap.c', 'a.h']);
  });

  it('are not known where none reads the keymap', () => {
    expect(() => select(BUILD.slice(0, 2))).toThrow('no command reads the keymap');
  });
});
