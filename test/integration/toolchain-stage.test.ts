import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyBundle } from '../../core/toolchain/bundle-index.ts';
import { type Manifest, selectComponents } from '../../core/toolchain/manifest.ts';
import { stageDebian } from '../../core/toolchain/stage/stage-debian.ts';
import { makePackage, manifestOf } from '../fixtures/toolchain/packages.ts';
import { temporaryFolder } from '../fixtures/toolchain/tools.ts';

const HELLO = '#!/bin/sh\necho hello\n';

function stage(manifest: Manifest, downloads: string, output = join(temporaryFolder(), 'out')) {
  const options = {
    manifest,
    platform: `${process.platform}-${process.arch}`,
    components: selectComponents(manifest),
    output,
    downloads,
    update: false,
    onLine: () => undefined,
  };
  return stageDebian(options).then(({ index }) => ({ index, output, options }));
}

describe.skipIf(process.platform !== 'linux' || !existsSync('/usr/bin/dpkg-deb'))(
  'staging a toolchain',
  () => {
    it('merges /bin and /usr/bin, takes what is asked for and the licence', async () => {
      const downloads = temporaryFolder();
      const tools = {
        ...makePackage(downloads, 'tools', {
          'bin/sh': '-> dash',
          'bin/dash': HELLO,
          'usr/bin/more': HELLO.replace('hello', 'more'),
          'usr/share/man/man1/more.1': 'a page',
        }),
        keep: ['usr/bin/*'],
        drop: ['usr/bin/mor?'],
      };
      const { output, index } = await stage(manifestOf([tools]), downloads);
      expect(index.entries.map(({ path }) => path)).toEqual([
        'usr/bin/dash',
        'usr/bin/sh',
        'usr/share/doc/tools/copyright',
      ]);
      expect(readlinkSync(join(output, 'usr/bin/sh'))).toBe('dash');
      expect(index.components[0]?.packages).toEqual([
        expect.objectContaining({
          name: 'tools',
          version: '1:1.0-1',
          licence: 'MIT',
          source: 'Debian test, source package tiny 2.0',
        }),
      ]);
    });

    it('lets no link lead out of it, and leaves out links to what is left out', async () => {
      const downloads = temporaryFolder();
      const tools = {
        ...makePackage(downloads, 'tools', {
          'usr/bin/tool': '-> /lib/parts/tool',
          'lib/parts/tool': HELLO,
          'usr/bin/editor': '-> /etc/alternatives/editor',
        }),
        keep: ['usr/bin/*', 'usr/lib/**'],
      };
      const manifest = manifestOf([tools], { links: { 'usr/bin/other': 'tool' } });
      const { output } = await stage(manifest, downloads);
      expect(readlinkSync(join(output, 'usr/bin/tool'))).toBe('../lib/parts/tool');
      expect(readFileSync(join(output, 'usr/bin/other'), 'utf8')).toBe(HELLO);
      expect(lstatSync(join(output, 'usr/bin/editor'), { throwIfNoEntry: false })).toBeUndefined();
    });

    it('stores equal files once', async () => {
      const downloads = temporaryFolder();
      const tools = makePackage(downloads, 'tools', { 'usr/bin/one': HELLO, 'usr/bin/two': HELLO });
      const { output } = await stage(manifestOf([tools]), downloads);
      const inode = (name: string) => statSync(join(output, 'usr/bin', name)).ino;
      expect(inode('one')).toBe(inode('two'));
    });

    it('makes the same of the same, wherever it is made', async () => {
      const downloads = temporaryFolder();
      const manifest = manifestOf([
        makePackage(downloads, 'one', { 'usr/bin/one': HELLO, 'usr/lib/one/data': 'x' }),
        makePackage(downloads, 'two', { 'usr/bin/two': `${HELLO}exit 1\n` }),
      ]);
      const first = await stage(manifest, downloads);
      const second = await stage(manifest, downloads);
      expect(second.index).toEqual(first.index);
      expect(statSync(join(second.output, 'usr/bin/one')).mtimeMs).toBe(
        statSync(join(first.output, 'usr/bin/two')).mtimeMs,
      );
    });

    it('finds out what is damaged', async () => {
      const downloads = temporaryFolder();
      const tools = makePackage(downloads, 'tools', { 'usr/bin/a': HELLO, 'usr/lib/b': 'b' });
      const { output, index } = await stage(manifestOf([tools]), downloads);
      await expect(verifyBundle(output, index)).resolves.toEqual([]);
      writeFileSync(join(output, 'usr/lib/b'), 'c');
      await expect(verifyBundle(output, index)).resolves.toEqual(['usr/lib/b']);
    });

    it.each<[string, Partial<ReturnType<typeof makePackage>>, string]>([
      ['a package that is not the manifest’s', { sha256: { all: '0'.repeat(64) } }, 'not the one'],
      ['a pattern that fits nothing', { keep: ['usr/bin/*', 'usr/sbin/*'] }, 'fits nothing'],
      ['a script with the interpreter of one system', { keep: ['**'] }, 'begins with #!/opt/sh'],
    ])('refuses %s, and leaves what was there', async (_what, change, message) => {
      const downloads = temporaryFolder();
      const good = makePackage(downloads, 'good', { 'usr/bin/good': HELLO });
      const output = join(temporaryFolder(), 'out');
      const before = await stage(manifestOf([good]), downloads, output);
      const tools = makePackage(downloads, 'tools', { 'usr/bin/tool': '#!/opt/sh\n' });
      const manifest = manifestOf([{ ...tools, ...change }]);
      await expect(stage(manifest, downloads, output)).rejects.toThrow(message);
      await expect(verifyBundle(output, before.index)).resolves.toEqual([]);
    });

    it('refuses to replace a folder that is no toolchain', async () => {
      const downloads = temporaryFolder();
      const manifest = manifestOf([makePackage(downloads, 'good', { 'usr/bin/good': HELLO })]);
      const output = temporaryFolder();
      writeFileSync(join(output, 'thesis.tex'), 'years of work');
      await expect(stage(manifest, downloads, output)).rejects.toThrow('something else');
      expect(readFileSync(join(output, 'thesis.tex'), 'utf8')).toBe('years of work');
    });
  },
);
