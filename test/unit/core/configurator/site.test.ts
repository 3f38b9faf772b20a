import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { writeRecord } from '../../../../core/configurator/record.ts';
import { createConfiguratorSite, type SiteFile } from '../../../../core/configurator/site.ts';
import { createFolder, PAGE, STOCK_SCRIPT, scriptOf } from './folder.ts';

const FILES = {
  'index.html': PAGE,
  'favicon.ico': 'icon',
  'empty.txt': '',
  '.env': 'secret',
  'assets/index-1.js': STOCK_SCRIPT,
  'assets/.hidden.js': 'secret',
  'keymaps/k/kb_default.json': '{"layout":"LAYOUT"}',
};

async function createSite(files: Record<string, string> = FILES) {
  const folder = createFolder(files);
  const record = join(createFolder({}), 'configurator.json');
  await writeRecord(record, { folder });
  return { folder, record, site: createConfiguratorSite(record, '/configurator/') };
}

async function textOf(file: SiteFile | null): Promise<string | null> {
  if (file === null) return null;
  const content = await file.content();
  const bytes = content instanceof Uint8Array ? content : await buffer(content);
  expect(bytes.length).toBe(file.size);
  return Buffer.from(bytes).toString();
}

describe('a file of the site', () => {
  it('is the page where nothing is named, rewritten for its place', async () => {
    const { site } = await createSite();
    const page = await site.find('');
    expect(page).toMatchObject({ isPage: true, mediaType: 'text/html; charset=utf-8' });
    expect(await textOf(page)).toContain('src="/configurator/assets/index-1.js"');
    expect(await textOf(await site.find('index.html'))).toBe(await textOf(page));
  });

  it('is a script without the two servers', async () => {
    const { site } = await createSite();
    const script = await site.find('assets/index-1.js');
    expect(script).toMatchObject({ isPage: false, mediaType: 'text/javascript; charset=utf-8' });
    expect(await textOf(script)).toBe(scriptOf('', ''));
  });

  it('is the file as it is for everything else', async () => {
    const { site } = await createSite();
    expect(await textOf(await site.find('favicon.ico'))).toBe('icon');
    expect(await textOf(await site.find('empty.txt'))).toBe('');
    const keymap = await site.find('keymaps/k/kb_default.json');
    expect(keymap).toMatchObject({ mediaType: 'application/json; charset=utf-8' });
    expect(await textOf(keymap)).toBe('{"layout":"LAYOUT"}');
  });

  it.each([
    'gone.js',
    'keymaps/x/none_default.json',
    'assets',
    'assets/',
    'index.html/x',
    '../data/token',
    'assets/../index.html',
    'assets/../../x',
    '..',
    '/etc/passwd',
    'assets//index-1.js',
    './index.html',
    'assets\\index-1.js',
    'C:/x',
    '.env',
    'assets/.hidden.js',
    'index.html\0.png',
    `${'a'.repeat(300)}.js`,
    'a/'.repeat(2000),
  ])('does not exist: %j', async (path) => {
    const { site } = await createSite();
    expect(await site.find(path)).toBeNull();
  });

  it('may be a link to another file of the folder, but to nothing outside', async () => {
    const { site, folder } = await createSite();
    const outside = createFolder({ 'secret.txt': 'secret' });
    symlinkSync('favicon.ico', join(folder, 'inside.ico'));
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'file.txt'));
    symlinkSync(outside, join(folder, 'linked'));
    symlinkSync('loop', join(folder, 'loop'));
    // Its name begins as the folder's own does.
    mkdirSync(`${folder}-beside`);
    writeFileSync(`${folder}-beside/x.txt`, 'secret');
    symlinkSync(`${folder}-beside/x.txt`, join(folder, 'beside.txt'));
    expect(await textOf(await site.find('inside.ico'))).toBe('icon');
    for (const path of ['file.txt', 'linked/secret.txt', 'loop', 'beside.txt']) {
      expect(await site.find(path)).toBeNull();
    }
    rmSync(`${folder}-beside`, { recursive: true });
  });

  it('is found when the added folder is a link itself', async () => {
    const folder = createFolder(FILES);
    const place = createFolder({});
    symlinkSync(folder, join(place, 'current'));
    const record = join(place, 'configurator.json');
    await writeRecord(record, { folder: join(place, 'current') });
    const site = createConfiguratorSite(record, '/configurator/');
    expect(await textOf(await site.find('favicon.ico'))).toBe('icon');
  });

  it('has a tag that holds as long as its content, and no longer', async () => {
    const { site, folder, record } = await createSite();
    const tags = async () =>
      Promise.all(
        ['', 'assets/index-1.js', 'favicon.ico'].map(async (path) => (await site.find(path))?.etag),
      );
    const before = await tags();
    expect(before.every((tag) => /^"[\w.-]+"$/.test(tag ?? ''))).toBe(true);
    expect(await tags()).toEqual(before);
    const again = createConfiguratorSite(record, '/configurator/');
    expect((await again.find('assets/index-1.js'))?.etag).toBe(before[1]);

    writeFileSync(join(folder, 'assets/index-1.js'), `${STOCK_SCRIPT}//new`);
    writeFileSync(join(folder, 'favicon.ico'), 'icon2');
    const after = await tags();
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after[2]).not.toBe(before[2]);
  });
});

describe('the site', () => {
  it('says so while none was added, and takes up what is added later', async () => {
    const record = join(createFolder({}), 'configurator.json');
    const site = createConfiguratorSite(record, '/configurator/');
    await expect(site.find('')).rejects.toMatchObject({ code: 'configurator.missing' });
    await writeRecord(record, { folder: createFolder(FILES) });
    expect(await site.find('')).not.toBeNull();
    const other = { ...FILES, 'favicon.ico': 'another' };
    await writeRecord(record, { folder: createFolder(other) });
    expect(await textOf(await site.find('favicon.ico'))).toBe('another');
  });

  it('looks at a build anew when it was made again', async () => {
    const { site, folder } = await createSite();
    await site.find('');
    const moved = { name: 'assets/index-2.js', text: scriptOf('/api', '/kb') };
    writeFileSync(join(folder, moved.name), moved.text);
    rmSync(join(folder, 'assets/index-1.js'));
    writeFileSync(join(folder, 'index.html'), PAGE.replace('index-1', 'index-2'));
    expect(await textOf(await site.find(moved.name))).toBe(scriptOf('', ''));
  });

  it('works again when what was wrong is mended', async () => {
    const { site, folder } = await createSite();
    rmSync(join(folder, 'assets/index-1.js'));
    utimesSync(join(folder, 'index.html'), 1, 1);
    await expect(site.find('')).rejects.toMatchObject({ code: 'configurator.invalid' });
    writeFileSync(join(folder, 'assets/index-1.js'), STOCK_SCRIPT);
    expect(await site.find('')).not.toBeNull();
    rmSync(folder, { recursive: true });
    await expect(site.find('')).rejects.toMatchObject({ code: 'configurator.missing' });
  });

  it('reads each file once when a browser asks for it at once', async () => {
    const { site } = await createSite();
    const files = await Promise.all(
      Array.from({ length: 20 }, () => site.find('assets/index-1.js')),
    );
    expect(new Set(files.map((file) => file?.etag)).size).toBe(1);
  });
});
