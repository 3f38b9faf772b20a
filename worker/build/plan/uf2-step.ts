/**
 * The last steps of a plan whose image is a UF2 file: the tree's `util/uf2conv.py` and the copies of what it writes. Done
 * here, since a start of Python and its loops over each byte take longer than the linker.
 */
import { basename, join, posix } from 'node:path';
import { z } from 'zod';
import { KilnError } from '../../../core/errors.ts';
import { isInPlace } from '../../sandbox/in-place.ts';
import { flashBytes } from '../image.ts';
import type { FoundImage } from '../outcome.ts';
import { readRegularText } from '../regular-file.ts';

const BLOCK = 512;
const PAGE = 256;
const START = [0x0a324655, 0x9e5d5157] as const;
const END = 0x0ab16f30;

export const uf2StepSchema = z.object({
  /** The Intel HEX file that it is made of; relative. */
  from: z.string(),
  /** Of each block's head. */
  flags: z.int(),
  family: z.int(),
});
export type Uf2Step = z.infer<typeof uf2StepSchema>;

interface Step {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * As the tree's own program does it, which follows the addresses line by line and fills pages of 256 bytes with zeros.
 * @throws Error for a line that is no record.
 */
export function hexToUf2(hex: string, { flags, family }: Omit<Uf2Step, 'from'>): Buffer {
  const pages: { readonly address: number; readonly bytes: Buffer }[] = [];
  let upper = 0;
  for (const [index, line] of hex.split('\n').entries()) {
    if (!line.startsWith(':')) continue;
    const record = Buffer.from(line.slice(1), 'hex');
    if (record.length < 5) throw new Error(`no HEX record in line ${index + 1}`);
    const type = record[3];
    if (type === 1) break;
    if (type === 4) upper = record.readUInt16BE(4) * 0x1_0000;
    if (type === 2) upper = record.readUInt16BE(4) * 0x10;
    if (type !== 0) continue;
    let address = upper + record.readUInt16BE(1);
    // Without the checksum.
    for (const byte of record.subarray(4, -1)) {
      const start = address - (address % PAGE);
      let page = pages.at(-1);
      if (page?.address !== start) {
        page = { address: start, bytes: Buffer.alloc(PAGE) };
        pages.push(page);
      }
      page.bytes[address % PAGE] = byte;
      address += 1;
    }
  }
  const file = Buffer.alloc(pages.length * BLOCK);
  for (const [number, { address, bytes }] of pages.entries()) {
    const block = file.subarray(number * BLOCK, (number + 1) * BLOCK);
    const head = [...START, flags, address, PAGE, number, pages.length, family];
    for (const [place, word] of head.entries()) block.writeUInt32LE(word, place * 4);
    bytes.copy(block, 32);
    block.writeUInt32LE(END, BLOCK - 4);
  }
  return file;
}

/**
 * @param image of the full build, in whose folder `root` the file still is that it was made of.
 * @returns the steps that are left, and what takes the place of the others; null where the image is made in another way.
 */
export function findUf2Step(
  steps: readonly Step[],
  image: FoundImage,
  root: string,
): { readonly steps: Step[]; readonly uf2: Uf2Step } | null {
  const at = steps.findIndex(({ program }) => program === 'python3');
  const [script = '', from = '', output, made = '', convert, family, , ...more] =
    steps[at]?.args ?? [];
  const isConversion =
    posix.basename(script) === 'uf2conv.py' &&
    [output, convert, family].join(' ') === '--output --convert --family' &&
    more.length === 0;
  const copies = steps.slice(at + 1);
  const isCopied = copies.every(
    ({ program, args }) => program === 'cp' && args.length === 2 && args[0] === made,
  );
  if (!isConversion || !isCopied || !copies.some(({ args }) => args[1] === image.name)) return null;
  const hex = readRegularText(join(root, from));
  if (hex === null || image.content.length < BLOCK) return null;
  const words = { flags: image.content.readUInt32LE(8), family: image.content.readUInt32LE(28) };
  try {
    if (!hexToUf2(hex, words).equals(image.content)) return null;
  } catch {
    // The program reads more than records, then.
    return null;
  }
  return { steps: steps.slice(0, at), uf2: { from: posix.normalize(from), ...words } };
}

/**
 * @param folder in which the steps ran.
 * @param name of the image's file.
 * @throws KilnError `build.image-invalid`
 */
export async function makeUf2(folder: string, name: string, uf2: Uf2Step): Promise<FoundImage> {
  const file = join(folder, uf2.from);
  const isThere = await isInPlace(folder, posix.dirname(file));
  const hex = isThere ? readRegularText(file) : null;
  try {
    if (hex === null) throw new Error('is not there');
    const content = hexToUf2(hex, uf2);
    const bytes = flashBytes('uf2', content);
    if (bytes === null) throw new Error('holds nothing');
    return { name, content, flashBytes: bytes };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KilnError(
      'build.image-invalid',
      `The HEX file ${basename(file)} that the build left for the image: ${why}.`,
      { cause },
    );
  }
}
