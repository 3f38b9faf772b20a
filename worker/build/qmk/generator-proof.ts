/**
 * Asks the tree's own generator for `keymap.c` of samples that hold everything a keymap can hold, and compares. Once for
 * each state of that generator.
 */
import { hash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../../core/errors.ts';
import { writeAtomically } from '../../../core/storage/atomic-write.ts';
import { type KeymapMembers, makeKeymapSource } from './keymap-source.ts';
import type { RunQmk } from './version-stamp.ts';

/** What decides about the form of `keymap.c`. */
const GENERATOR = ['keymap.py', 'commands.py', 'cli/json2c.py'];

const SAMPLES: readonly KeymapMembers[] = [
  { layout: 'LAYOUT', layers: [['KC_A', 'ANY(KC_B)', 'LT(1, KC_C)']] },
  {
    layout: 'LAYOUT_all',
    layers: [
      ['KC_A', 'ANY(S(KC_1))'],
      ['_______', 'QK_MACRO_0'],
      ['KC_NO', 'MO(1)'],
    ],
    encoders: [
      [
        { cw: 'KC_VOLU', ccw: 'ANY(KC_VOLD)' },
        { cw: 'KC_PGDN', ccw: 'KC_PGUP' },
      ],
      [],
      [{ cw: '_______', ccw: '_______' }],
    ],
    macros: [
      ['a "quoted" back\\slash\ttab\nline\r\nline\rline $& $1 %s {0}', 'and more'],
      ['"', { action: 'tap', keycodes: ['A'] }, '"at both ends"'],
      [
        { action: 'tap', keycodes: ['LCTL', 'LSFT', 'B'] },
        { action: 'down', keycodes: ['LALT', 'TAB'] },
        { action: 'up', keycodes: ['LALT'] },
        { action: 'delay', duration: 1200 },
        { action: 'beep' },
        'end\\',
      ],
      [],
      [''],
    ],
    host_language: 'german',
  },
];

export interface ProofOptions {
  readonly tree: string;
  readonly keyboard: string;
  readonly cacheFolder: string;
  /** Where samples and answers are written, in the build's folder. */
  readonly folder: string;
  readonly runQmk: RunQmk;
}

/** Null for a tree without one of the files, which is no tree that is known here. */
async function generatorStamp(tree: string): Promise<string | null> {
  try {
    const files = GENERATOR.map((name) => readFile(join(tree, 'lib/python/qmk', name), 'utf8'));
    return hash('sha256', JSON.stringify([await Promise.all(files), SAMPLES]), 'hex');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function agrees(
  sample: KeymapMembers,
  name: string,
  options: ProofOptions,
): Promise<boolean> {
  const { keyboard, folder, runQmk } = options;
  const text = JSON.stringify({ keyboard, keymap: name, ...sample });
  const input = join(folder, `${name}.json`);
  const output = join(folder, `${name}.c`);
  await writeFile(input, text);
  await runQmk(['json2c', '--quiet', '--output', output, input]);
  return (await readFile(output, 'utf8')) === makeKeymapSource(text);
}

/** @returns whether the tree's generator and Kiln's write the same for everything a keymap can hold. */
export async function generatorAgrees(options: ProofOptions): Promise<boolean> {
  const stamp = await generatorStamp(options.tree);
  if (stamp === null) return false;
  const folder = join(options.cacheFolder, 'keymap-generators');
  const known = await readFile(join(folder, stamp), 'utf8').catch(() => null);
  if (known === 'agrees' || known === 'differs') return known === 'agrees';
  await mkdir(options.folder, { recursive: true });
  const answers: boolean[] = [];
  for (const [number, sample] of SAMPLES.entries()) {
    answers.push(await agrees(sample, `sample_${number}`, options));
  }
  const isSame = answers.every((answer) => answer);
  await mkdir(folder, { recursive: true });
  await writeAtomically(folder, stamp, isSame ? 'agrees' : 'differs');
  return isSame;
}
