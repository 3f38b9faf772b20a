/** A toolchain in one compressed file: packed, unpacked, mended. That a service begins with it: packaged-service.test.ts. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataPaths, loadSettings } from '../../core/settings.ts';
import { INDEX_NAME, readEntries, treeDigest } from '../../core/toolchain/bundle-index.ts';
import { packToolchain, repairToolchain, unpackToolchain } from '../../core/toolchain/pack.ts';
import { findPack, type Pack, unpackedFolder } from '../../core/toolchain/shipped-pack.ts';
import { createToolchain } from '../../core/toolchain/toolchain.ts';
import { stageSmall } from '../fixtures/toolchain/staged.ts';
import { temporaryFolder } from '../fixtures/toolchain/tools.ts';

const staged = () => stageSmall(join(temporaryFolder(), 'staged'));

async function packed(): Promise<{ folder: string; pack: Pack; shipped: string }> {
  const folder = await staged();
  const shipped = join(temporaryFolder(), 'shipped');
  const pack = await packToolchain(folder, shipped, 3);
  return { folder, pack, shipped };
}

const digestOf = async (folder: string) => treeDigest(await readEntries(folder));

describe('a packed toolchain', () => {
  it('is the staged one again, with equal files that share their bytes', async () => {
    const { folder, pack, shipped } = await packed();
    expect(findPack(shipped)).toEqual(pack);
    const target = unpackedFolder(pack, join(temporaryFolder(), 'toolchain'));
    mkdirSync(join(target, '..'));
    const shares: number[] = [];
    const written = await unpackToolchain(pack, {
      folder: target,
      onProgress: (share) => void shares.push(share),
    });
    expect(written).toHaveLength(5);
    expect(await digestOf(target)).toBe(await digestOf(folder));
    const inode = (name: string) => statSync(join(target, 'usr/lib', name, 'library.a')).ino;
    expect(inode('one')).toBe(inode('two'));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('has equal bytes for equal toolchains', async () => {
    const [one, two] = [await packed(), await packed()];
    expect(readFileSync(one.pack.file).equals(readFileSync(two.pack.file))).toBe(true);
  });

  it('is unpacked on from where it was cut off', async () => {
    const { pack } = await packed();
    const target = unpackedFolder(pack, temporaryFolder());
    const ending = new AbortController();
    const cutOff = unpackToolchain(pack, {
      folder: target,
      onProgress: () => ending.abort(),
      signal: ending.signal,
    });
    await expect(cutOff).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(existsSync(target)).toBe(false);
    const rest = await unpackToolchain(pack, { folder: target });
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.length).toBeLessThan(5);
    expect(existsSync(join(target, INDEX_NAME))).toBe(true);
  });

  it('mends what is damaged or gone, and nothing else', async () => {
    const { pack, folder } = await packed();
    const target = unpackedFolder(pack, temporaryFolder());
    await unpackToolchain(pack, { folder: target });
    const before = statSync(join(target, 'usr/bin/avr-gcc')).ino;
    writeFileSync(join(target, 'usr/bin/make'), 'echo damaged');
    rmSync(join(target, 'usr/bin/other'));
    rmSync(join(target, 'usr/lib/two/library.a'));
    const written = await unpackToolchain(pack, { folder: target });
    expect([...written].sort()).toEqual(['usr/bin/make', 'usr/bin/other', 'usr/lib/two/library.a']);
    expect(await digestOf(target)).toBe(await digestOf(folder));
    expect(statSync(join(target, 'usr/bin/avr-gcc')).ino).toBe(before);
    await expect(unpackToolchain(pack, { folder: target })).resolves.toEqual([]);
  });

  it('takes the place of an earlier package’s', async () => {
    const { pack } = await packed();
    const home = temporaryFolder();
    for (const name of ['bundled-0123456789abcdef', 'bundled-0123456789abcdef.part', 'python']) {
      mkdirSync(join(home, name));
    }
    await unpackToolchain(pack, { folder: unpackedFolder(pack, home) });
    expect(existsSync(join(home, 'bundled-0123456789abcdef'))).toBe(false);
    expect(existsSync(join(home, 'bundled-0123456789abcdef.part'))).toBe(false);
    expect(existsSync(join(home, 'python'))).toBe(true);
  });

  it.each([
    ['cut off', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, -40))],
    ['changed', (file: string) => writeFileSync(file, readFileSync(file).fill(7, 100, 120))],
    ['gone', (file: string) => rmSync(file)],
  ])('that is %s is refused, and nothing is taken for whole', async (_how, damage) => {
    const { pack } = await packed();
    damage(pack.file);
    const target = unpackedFolder(pack, temporaryFolder());
    await expect(unpackToolchain(pack, { folder: target })).rejects.toMatchObject({
      code: 'toolchain.bundle-broken',
    });
    expect(existsSync(target)).toBe(false);
  });

  it('is refused to be made of a damaged toolchain', async () => {
    const folder = await staged();
    writeFileSync(join(folder, 'usr/bin/make'), 'other');
    await expect(packToolchain(folder, temporaryFolder(), 3)).rejects.toMatchObject({
      code: 'toolchain.bundle-broken',
    });
  });

  it('is unpacked once, however many ask at the same time', async () => {
    const { pack } = await packed();
    const settings = loadSettings({ dataDir: join(temporaryFolder(), 'data') }, {});
    const paths = dataPaths(settings);
    const done = await Promise.all([1, 2, 3].map(() => repairToolchain(settings, paths, { pack })));
    expect(done.map(({ written }) => written.length).sort()).toEqual([0, 0, 5]);
  });

  it('is not there in a checkout, which has nothing to repair', async () => {
    const settings = loadSettings({ dataDir: join(temporaryFolder(), 'data') }, {});
    expect(createToolchain(settings, dataPaths(settings), []).bundle).toBeNull();
    await expect(repairToolchain(settings, dataPaths(settings))).rejects.toMatchObject({
      code: 'toolchain.not-packed',
    });
  });
});
