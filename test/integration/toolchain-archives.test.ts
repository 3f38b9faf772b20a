import { hash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { verifyBundle } from '../../core/toolchain/bundle-index.ts';
import type { Manifest } from '../../core/toolchain/manifest.ts';
import { stageArchives } from '../../core/toolchain/stage/stage-archives.ts';
import { type PackageFiles, writeFiles } from '../fixtures/toolchain/packages.ts';
import { temporaryFolder } from '../fixtures/toolchain/tools.ts';

/** A bundle as QMK publishes them: zstd over tar, one folder around it all. @returns its digest. */
async function makeBundle(downloads: string, name: string, files: PackageFiles): Promise<string> {
  const folder = temporaryFolder();
  writeFiles(join(folder, 'around'), files);
  const plain = join(downloads, `${name}.tar`);
  await create({ cwd: folder, file: plain, portable: true }, ['around']);
  const file = join(downloads, `${name}.tar.zst`);
  writeFileSync(file, zstdCompressSync(readFileSync(plain)));
  renameSync(plain, join(temporaryFolder(), 'plain.tar'));
  return hash('sha256', readFileSync(file), 'hex');
}

function manifestOf(digests: Readonly<Record<string, string | null>>): Manifest {
  const archives = Object.entries(digests).map(([name, sha256]) => ({
    publisher: 'Somebody',
    name,
    file: `${name}-*.tar.zst`,
    version: null,
    sha256,
    licence: 'MIT',
    source: 'Beside the bundle.',
    strip: 1,
    into: 'tools',
  }));
  return {
    format: 1,
    platforms: { 'win32-x64': { kind: 'archives', proven: false, archives } },
    components: {},
    staging: [],
  };
}

function stage(manifest: Manifest, downloads: string, update = false) {
  return stageArchives({
    manifest,
    platform: 'win32-x64',
    components: [],
    output: join(temporaryFolder(), 'out'),
    downloads,
    update,
    onLine: () => undefined,
  });
}

describe('staging a toolchain out of bundles', () => {
  it('unpacks them into one folder, and knows every file', async () => {
    const downloads = temporaryFolder();
    const manifest = manifestOf({
      compilers: await makeBundle(downloads, 'compilers-1.2-x64', { 'bin/gcc.exe': 'gcc' }),
      flashers: await makeBundle(downloads, 'flashers-3-x64', { 'bin/flash.exe': 'flash' }),
    });
    const output = join(temporaryFolder(), 'out');
    const options = { manifest, platform: 'win32-x64', components: [], downloads, update: false };
    const { index } = await stageArchives({ ...options, output, onLine: () => undefined });
    expect(index.entries.map(({ path }) => path)).toEqual([
      'tools/bin/flash.exe',
      'tools/bin/gcc.exe',
    ]);
    expect(index.components.map(({ bytes }) => bytes)).toEqual([3, 5]);
    expect(index.components[0]?.packages[0]?.version).toBe('compilers-1.2-x64.tar.zst');
    await expect(verifyBundle(output, index)).resolves.toEqual([]);
    const again = await stage(manifest, downloads);
    expect(again.index.tree).toBe(index.tree);
  });

  it('learns digests only when it is told to', async () => {
    const downloads = temporaryFolder();
    const digest = await makeBundle(downloads, 'compilers-1', { 'bin/gcc': 'gcc' });
    const manifest = manifestOf({ compilers: null });
    await expect(stage(manifest, downloads)).rejects.toThrow('nobody has staged it yet');
    const learnt = (await stage(manifest, downloads, true)).manifest.platforms['win32-x64'];
    expect(learnt).toMatchObject({
      archives: [{ sha256: digest, version: 'compilers-1.tar.zst' }],
    });
  });

  it('says which file is missing, and takes none of two', async () => {
    const downloads = temporaryFolder();
    await expect(stage(manifestOf({ compilers: null }), downloads)).rejects.toThrow(
      'no file of Somebody’s compilers',
    );
    await makeBundle(downloads, 'compilers-1', { a: 'a' });
    await makeBundle(downloads, 'compilers-2', { a: 'b' });
    await expect(stage(manifestOf({ compilers: null }), downloads, true)).rejects.toThrow(
      '2 files',
    );
  });

  it('refuses a bundle that leads out of its folder', async () => {
    const downloads = temporaryFolder();
    const digest = await makeBundle(downloads, 'compilers-1', { way: '-> ../../..' });
    await expect(stage(manifestOf({ compilers: digest }), downloads)).rejects.toThrow('Unpacking');
  });
});
