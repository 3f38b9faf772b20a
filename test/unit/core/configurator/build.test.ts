import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectBuild } from '../../../../core/configurator/build.ts';
import { createFolder, PAGE, STOCK_SCRIPT, scriptOf } from './folder.ts';

const inspect = (files: Record<string, string>) => inspectBuild({ folder: createFolder(files) });

describe('inspectBuild', () => {
  it('tells how a build names its files, what it holds and which servers it was made for', async () => {
    const files = { 'index.html': PAGE, 'favicon.ico': '', 'assets/index-1.js': STOCK_SCRIPT };
    expect(await inspect({ ...files, 'keymaps/k/kb_default.json': '{}' })).toEqual({
      root: '/',
      files: ['favicon.ico', 'index.html'],
      folders: ['assets', 'keymaps'],
      bases: { api: 'https://api.qmk.fm', keyboards: 'https://keyboards.qmk.fm' },
    });
  });

  it.each([
    ['/sub/assets/index-1.js', '/sub/'],
    ['./assets/index-1.js', './'],
    ['assets/index-1.js', ''],
    ['https://files.example/x/assets/index-1.js?v=1', 'https://files.example/x/'],
  ])('sees how the page names its script: %s', async (source, root) => {
    const page = `<script src="https://elsewhere.example/a.js"></script><script async src='${source}'>`;
    const files = { 'index.html': page, 'assets/index-1.js': STOCK_SCRIPT };
    expect(await inspect(files)).toMatchObject({ root });
  });

  it('finds the servers in any script beside the first', async () => {
    const files = {
      'index.html': PAGE,
      'assets/index-1.js': 'import "./other.js"',
      'assets/other.js': scriptOf('/api', '/kb'),
    };
    expect(await inspect(files)).toMatchObject({ bases: { api: '/api', keyboards: '/kb' } });
  });

  it('takes the servers from a person where scripts do not show them', async () => {
    const folder = createFolder({
      'index.html': PAGE,
      'assets/index-1.js': 'f(["https://a.example"]);g(["https://k.example"])',
    });
    await expect(inspectBuild({ folder })).rejects.toMatchObject({
      code: 'configurator.invalid',
      message: expect.stringContaining('do not show which servers'),
      remedy: expect.stringContaining('--api-url <address> --keyboards-url <address>'),
    });
    const told = { folder, apiUrl: 'https://a.example', keyboardsUrl: 'https://k.example' };
    expect(await inspectBuild(told)).toMatchObject({
      bases: { api: 'https://a.example', keyboards: 'https://k.example' },
    });
    await expect(inspectBuild({ ...told, apiUrl: 'https://b.example' })).rejects.toMatchObject({
      message: expect.stringContaining('has the address https://b.example'),
    });
  });

  it.each([
    ['an empty folder', {}, /no index\.html/, /README/],
    ['the folder above', { 'dist/index.html': PAGE }, /no index\.html/, /\/dist\.$/],
    ['any other page', { 'index.html': '<p>Hello' }, /no script/, /README/],
    ['a page whose script is gone', { 'index.html': PAGE }, /no script/, /README/],
    [
      'a page that points out of the folder',
      { 'index.html': '<script src="../../etc/hostname"></script>' },
      /no script/,
      /README/,
    ],
    [
      'the source of the app',
      {
        'index.html': '<script src="/src/main.js"></script>',
        'src/main.js': '',
        'package.json': '{}',
        'dist/index.html': PAGE,
      },
      /is the source/,
      /\/dist\.$/,
    ],
  ])('refuses %s, and says what to name instead', async (_, files, message, remedy) => {
    await expect(inspect(files as Record<string, string>)).rejects.toMatchObject({
      code: 'configurator.invalid',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('says so when the folder is gone, or no folder', async () => {
    const folder = createFolder();
    for (const gone of [join(folder, 'gone'), join(folder, 'index.html')]) {
      await expect(inspectBuild({ folder: gone })).rejects.toMatchObject({
        code: 'configurator.missing',
      });
    }
  });
});
