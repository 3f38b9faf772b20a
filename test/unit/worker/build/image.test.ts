import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import { IMAGE_FORMATS } from '../../../../core/image/contract.ts';
import { flashBytes, readImage } from '../../../../worker/build/image.ts';
import { hex, hexRecord, uf2 } from '../../../fixtures/images/images.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

const posixOnly = it.skipIf(process.platform === 'win32');
const END = ':00000001FF';

function invalid(what: string) {
  return { code: 'build.image-invalid', message: `The image that the build left ${what}.` };
}

describe('an image', () => {
  it.each([
    ['a.hex', 'hex', hex(Buffer.alloc(100, 7)), 100],
    ['a.uf2', 'uf2', uf2([{}, {}]), 512],
    ['a.bin', 'bin', Buffer.from('anything'), 8],
  ] as const)(
    '%s is read whole, with the flash that it fills',
    async (name, kind, content, size) => {
      const file = join(temporaryFolder(), name);
      writeFileSync(file, content);
      await expect(readImage(file, kind)).resolves.toEqual({ content, flashBytes: size });
    },
  );

  it('that is not there is none', async () => {
    const folder = temporaryFolder();
    await expect(readImage(join(folder, 'a.hex'), 'hex')).resolves.toBeNull();
    await expect(readImage(join(folder, 'no', 'a.hex'), 'hex')).resolves.toBeNull();
  });

  posixOnly('that is a link is refused, whatever it leads to', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'real.bin'), 'secret');
    symlinkSync('real.bin', join(folder, 'a.bin'));
    symlinkSync('nowhere', join(folder, 'b.bin'));
    await expect(readImage(join(folder, 'a.bin'), 'bin')).rejects.toMatchObject(
      invalid('is a link'),
    );
    await expect(readImage(join(folder, 'b.bin'), 'bin')).rejects.toMatchObject(
      invalid('is a link'),
    );
  });

  posixOnly(
    'that has a second name is refused: it may be another file of the machine',
    async () => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'secret'), 'secret');
      linkSync(join(folder, 'secret'), join(folder, 'a.bin'));
      await expect(readImage(join(folder, 'a.bin'), 'bin')).rejects.toMatchObject(
        invalid('has a second name'),
      );
    },
  );

  it('that is a folder, or lies below a file, is refused', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a.bin'));
    await expect(readImage(join(folder, 'a.bin'), 'bin')).rejects.toMatchObject({
      code: 'build.image-invalid',
    });
    writeFileSync(join(folder, 'file'), '');
    await expect(readImage(join(folder, 'file', 'a.bin'), 'bin')).rejects.toMatchObject({
      code: 'build.image-invalid',
      message: expect.stringContaining('ENOTDIR'),
    });
  });

  it('of more than 16 MiB is refused without being read', async () => {
    const file = join(temporaryFolder(), 'a.bin');
    writeFileSync(file, 'x');
    truncateSync(file, 16 * 1024 * 1024 + 1);
    await expect(readImage(file, 'bin')).rejects.toMatchObject(invalid('is larger than 16 MiB'));
    truncateSync(file, 16 * 1024 * 1024);
    await expect(readImage(file, 'bin')).resolves.toMatchObject({ flashBytes: 16 * 1024 * 1024 });
  });

  it.each(IMAGE_FORMATS)('that is empty is no .%s file', async (kind) => {
    const file = join(temporaryFolder(), 'a');
    writeFileSync(file, '');
    await expect(readImage(file, kind)).rejects.toMatchObject(invalid(`is not a .${kind} file`));
  });

  it('that is of another kind is refused', async () => {
    const file = join(temporaryFolder(), 'a');
    writeFileSync(file, hex(Buffer.alloc(512)));
    await expect(readImage(file, 'uf2')).rejects.toMatchObject(invalid('is not a .uf2 file'));
    writeFileSync(file, uf2([{}]));
    await expect(readImage(file, 'hex')).rejects.toMatchObject(invalid('is not a .hex file'));
  });
});

describe('the flash that a HEX file fills', () => {
  it('is that of its data records', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), (data) => {
        expect(flashBytes('hex', hex(data))).toBe(data.length);
      }),
    );
  });

  it('is not that of its addresses', () => {
    const records = [
      hexRecord(4, Buffer.from([0x08, 0x00])),
      hexRecord(0, Buffer.from([1, 2, 3])),
      hexRecord(5, Buffer.from([8, 0, 0, 0])),
      END,
    ];
    expect(flashBytes('hex', Buffer.from(records.join('\n')))).toBe(3);
    expect(flashBytes('hex', Buffer.from(records.join('\n').toLowerCase()))).toBe(3);
  });

  it.each([
    ['nothing', ''],
    ['only its end', END],
    ['no end', hexRecord(0, Buffer.from([1]))],
    ['something after its end', `${hexRecord(0, Buffer.from([1]))}\n${END}\n${END}`],
    ['a wrong checksum', `:0100000001FF\n${END}`],
    ['a wrong count', `:02000000${'01'}FD\n${END}`],
    ['an odd digit', `:0100000001FE0\n${END}`],
    ['an empty line between', `${hexRecord(0, Buffer.from([1]))}\n\n${END}`],
    ['what is no digit', `:01000000ZZFE\n${END}`],
    ['a text before', `x${hexRecord(0, Buffer.from([1]))}\n${END}`],
  ])('is unknown of a file with %s', (_, text) => {
    expect(flashBytes('hex', Buffer.from(text))).toBeNull();
  });
});

describe('the flash that a UF2 file fills', () => {
  it('is that of its payloads', () => {
    const blocks = fc.array(
      fc.record({ payload: fc.integer({ min: 1, max: 476 }), flags: fc.constantFrom(0, 0x2000) }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(blocks, (list) => {
        const total = list.reduce((sum, { payload }) => sum + payload, 0);
        expect(flashBytes('uf2', uf2(list))).toBe(total);
      }),
    );
  });

  it('leaves out blocks that go elsewhere', () => {
    expect(flashBytes('uf2', uf2([{}, { flags: 1 }, { payload: 100 }]))).toBe(356);
  });

  it.each([
    ['a block with too much in it', uf2([{ payload: 477 }])],
    ['a size of four gigabytes', uf2([{ payload: 0xffffffff }])],
    ['half of a block', uf2([{}, {}]).subarray(0, 600)],
    ['a second block that is none', Buffer.concat([uf2([{}]), Buffer.alloc(512)])],
    ['a block without its end', Buffer.concat([uf2([{}]).subarray(0, 508), Buffer.alloc(4)])],
    ['nothing for the flash', uf2([{ flags: 1 }])],
  ])('is unknown of a file with %s', (_, content) => {
    expect(flashBytes('uf2', content)).toBeNull();
  });
});

describe('hostile content', () => {
  it.each(IMAGE_FORMATS)('as .%s has a size or none, and throws nothing', (kind) => {
    const good = kind === 'hex' ? hex(Buffer.alloc(600, 9)) : uf2([{}, {}]);
    const mangled = fc
      .tuple(fc.nat(good.length), fc.uint8Array({ maxLength: 40 }))
      .map(([at, bytes]) => Buffer.concat([good.subarray(0, at), bytes, good.subarray(at + 1)]));
    const random = fc.uint8Array({ maxLength: 1100 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mangled, random), (content) => {
        const size = flashBytes(kind, content);
        if (size !== null) expect(size).toBeGreaterThan(0);
      }),
    );
  });

  it('in a file is refused with a KilnError', async () => {
    const file = join(temporaryFolder(), 'a');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
        writeFileSync(file, bytes);
        const error = await readImage(file, 'uf2').catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(KilnError);
      }),
      { numRuns: 30 },
    );
  });
});
