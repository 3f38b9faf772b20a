/** UF2 files as the tree's own program makes them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readUf2 } from '../../../../../core/image/uf2.ts';
import { findUf2Step, hexToUf2, makeUf2 } from '../../../../../worker/build/plan/uf2-step.ts';
import { createRandom } from '../../../../../worker/verify/random.ts';

const RP2040 = { flags: 0x2000, family: 0xe48bff56 };

function record(address: number, type: number, data: readonly number[]): string {
  const bytes = [data.length, address >> 8, address & 0xff, type, ...data];
  const sum = bytes.reduce((all, byte) => all + byte, 0);
  return `:${Buffer.from([...bytes, -sum & 0xff])
    .toString('hex')
    .toUpperCase()}`;
}

const hexOf = (...records: string[]) => `${[...records, record(0, 1, [])].join('\r\n')}\r\n`;
const upper = (half: number) => record(0, 4, [half >> 8, half & 0xff]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-uf2-'));
  mkdirSync(join(folder, '.build'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('hexToUf2', () => {
  it('fills pages of 256 bytes, each with its own address', () => {
    const hex = hexOf(upper(0x1000), record(0xfe, 0, [1, 2, 3]), record(0x400, 0, [4]));
    const file = hexToUf2(hex, RP2040);
    expect(file).toHaveLength(3 * 512);
    const [part] = readUf2(file);
    expect(part?.family).toBe(RP2040.family);
    expect(part?.segments.map(({ address, bytes }) => [address, bytes.length])).toEqual([
      [0x1000_0000, 512],
      [0x1000_0400, 256],
    ]);
    expect([...(part?.segments[0]?.bytes.subarray(0xfd, 0x102) ?? [])]).toEqual([0, 1, 2, 3, 0]);
  });

  it('begins a page once more when the addresses come back to it, as the program does', () => {
    const hex = hexOf(record(0, 0, [1]), record(0x100, 0, [2]), record(1, 0, [3]));
    expect(hexToUf2(hex, RP2040)).toHaveLength(3 * 512);
  });

  it('takes no line that is no record', () => {
    expect(() => hexToUf2(':00\n', RP2040)).toThrow('line 1');
  });

  const tree = process.env.KILN_TEST_QMK_HOME;
  it.runIf(tree !== undefined)(
    'gives what the program of a real tree gives, byte for byte',
    { timeout: 120_000 },
    () => {
      const random = createRandom('uf2');
      for (let round = 0; round < 4; round += 1) {
        const records: string[] = [upper(0x1000 + random.below(16))];
        let address = random.below(0x1000);
        while (records.length < 200) {
          const count = 1 + random.below(32);
          if (address + count > 0xffff) break;
          records.push(
            record(
              address,
              0,
              Array.from({ length: count }, () => random.below(256)),
            ),
          );
          address += count + (random.below(10) === 0 ? random.below(600) : 0);
        }
        const hex = join(folder, 'in.hex');
        const made = join(folder, 'out.uf2');
        const text = hexOf(...records);
        writeFileSync(hex, text);
        const script = join(tree ?? '', 'util/uf2conv.py');
        const args = [script, hex, '--output', made, '--convert', '--family', 'RP2040'];
        const { status, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
        expect(status, stderr).toBe(0);
        expect(hexToUf2(text, RP2040).equals(readFileSync(made))).toBe(true);
      }
    },
  );
});

const hex = hexOf(upper(0x1000), record(0, 0, [1, 2, 3]));
const content = hexToUf2(hex, RP2040);
const image = { name: 'board_map.uf2', content, flashBytes: 256 };
const linked = { program: 'arm-none-eabi-gcc', args: ['-o', '.build/board_map.elf'] };
const converted = {
  program: 'python3',
  args: ['./util/uf2conv.py', '.build/board_map.tmp', '--output', '.build/board_map.uf2'].concat(
    '--convert',
    '--family',
    'RP2040',
  ),
};
const copied = { program: 'cp', args: ['.build/board_map.uf2', 'board_map.uf2'] };

describe('findUf2Step', () => {
  beforeEach(() => writeFileSync(join(folder, '.build/board_map.tmp'), hex));

  it('takes the place of the program and the copies of what it wrote', () => {
    expect(findUf2Step([linked, converted, copied, copied], image, folder)).toEqual({
      steps: [linked],
      uf2: { from: '.build/board_map.tmp', ...RP2040 },
    });
  });

  it.each([
    ['there is no such program', [linked, copied]],
    ['it has another option', [{ ...converted, args: [...converted.args, '--base'] }, copied]],
    [
      'it is another program',
      [{ ...converted, args: ['x.py', ...converted.args.slice(1)] }, copied],
    ],
    [
      'something else reads what it wrote',
      [converted, { ...copied, program: 'dfu-suffix' }, copied],
    ],
    ['the image is no copy of it', [converted]],
  ])('leaves the steps alone where %s', (_why, steps) => {
    expect(findUf2Step(steps, image, folder)).toBeNull();
  });

  it('leaves the steps alone where the tree’s image is another one', () => {
    const other = { ...image, content: Buffer.from(content).fill(7, 40, 41) };
    expect(findUf2Step([converted, copied], other, folder)).toBeNull();
    rmSync(join(folder, '.build/board_map.tmp'));
    expect(findUf2Step([converted, copied], image, folder)).toBeNull();
  });
});

describe('makeUf2', () => {
  const uf2 = { from: '.build/board_map.tmp', ...RP2040 };
  const invalid = { code: 'build.image-invalid' };

  it('makes the image', async () => {
    writeFileSync(join(folder, uf2.from), hex);
    expect(await makeUf2(folder, image.name, uf2)).toEqual(image);
  });

  it('makes none of a file that is not there, is empty, a link, or behind one', async () => {
    await expect(makeUf2(folder, image.name, uf2)).rejects.toMatchObject(invalid);
    writeFileSync(join(folder, uf2.from), '');
    await expect(makeUf2(folder, image.name, uf2)).rejects.toMatchObject(invalid);
    rmSync(join(folder, uf2.from));
    writeFileSync(join(folder, 'other'), hex);
    symlinkSync('../other', join(folder, uf2.from));
    await expect(makeUf2(folder, image.name, uf2)).rejects.toMatchObject(invalid);
    rmSync(join(folder, '.build'), { recursive: true });
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere/board_map.tmp'), hex);
    symlinkSync('elsewhere', join(folder, '.build'));
    await expect(makeUf2(folder, image.name, uf2)).rejects.toMatchObject(invalid);
  });
});
