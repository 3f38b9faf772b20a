/** Draws keyboards of a tree so that every kind of firmware is among them. */
import type { Catalogue, KeyboardInfo } from '../../core/catalogue/contract.ts';
import type { Random } from './random.ts';

type Member = Readonly<Record<string, unknown>> | undefined;

const member = (info: KeyboardInfo, name: string): Member => info[name] as Member;

/** What takes a way of its own through a tree's makefiles, and how to tell. */
const KINDS: Readonly<Record<string, (info: KeyboardInfo) => boolean>> = {
  'avr lto': (info) => isAvr(info) && member(info, 'build')?.lto === true,
  avr: (info) => isAvr(info) && member(info, 'build')?.lto !== true,
  stm32: ({ processor }) => /^STM32|^GD32|^WB32|^AT32/.test(processor ?? ''),
  rp2040: ({ processor }) => processor === 'RP2040',
  'v-usb': ({ processor }) => /^atmega(?:32a|328|328p)$/.test(processor ?? ''),
  split: (info) => member(info, 'split')?.enabled === true,
  encoders: (info) => member(info, 'features')?.encoder === true,
  'rgb matrix': (info) => member(info, 'features')?.rgb_matrix === true,
};

function isAvr({ processor }: KeyboardInfo): boolean {
  return /^at(?:mega|90)/.test(processor ?? '');
}

/** The kinds that a keyboard is of. */
export function kindsOf(info: KeyboardInfo): string[] {
  return Object.entries(KINDS).flatMap(([kind, is]) => (is(info) ? [kind] : []));
}

export interface DrawnKeyboard {
  readonly keyboard: string;
  readonly info: KeyboardInfo;
  readonly kinds: readonly string[];
}

/**
 * @param count how many; fewer where the tree has no more.
 * Of each kind that the tree has there is a fair share, a sixteenth of all; the rest is as it comes.
 */
export async function drawKeyboards(
  catalogue: Catalogue,
  random: Random,
  count: number,
): Promise<DrawnKeyboard[]> {
  const share = Math.max(1, Math.floor(count / 12));
  const drawn: DrawnKeyboard[] = [];
  const left = new Map(Object.keys(KINDS).map((kind) => [kind, share]));
  const spare: DrawnKeyboard[] = [];
  for (const keyboard of random.shuffled(await catalogue.keyboards())) {
    if (drawn.length >= count) break;
    // What cannot be read cannot be built either.
    const info = await catalogue.info(keyboard).catch(() => null);
    if (info === null || Object.keys(info.layouts).length === 0) continue;
    const candidate = { keyboard, info, kinds: kindsOf(info) };
    const wanted = candidate.kinds.filter((kind) => (left.get(kind) ?? 0) > 0);
    const missing = [...left.values()].reduce((sum, number) => sum + number, 0);
    if (wanted.length === 0 && drawn.length + missing >= count && spare.length < count * 4) {
      spare.push(candidate);
      continue;
    }
    for (const kind of wanted) left.set(kind, (left.get(kind) ?? 0) - 1);
    drawn.push(candidate);
    if (spare.length >= count * 4) break;
  }
  return [...drawn, ...spare].slice(0, count);
}
