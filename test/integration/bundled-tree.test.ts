/** A firmware tree that travels along with a package: made, and used where nothing can read keyboards. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createCatalogues } from '../../core/catalogue/catalogues.ts';
import { openDatabase } from '../../core/db/database.ts';
import { createLogger } from '../../core/log.ts';
import { dataPaths, loadSettings } from '../../core/settings.ts';
import { createToolchain } from '../../core/toolchain/toolchain.ts';
import { findBundledTree } from '../../core/trees/bundled.ts';
import { createGit } from '../../core/trees/git.ts';
import { createTreeRegistry } from '../../core/trees/registry.ts';
import { createTreeVersions } from '../../core/trees/version.ts';
import { findRealPython, makeTinyTree, type TinyTree } from '../fixtures/catalogue/tiny-tree.ts';
import { temporaryFolder, writeTool } from '../fixtures/toolchain/tools.ts';

interface BundleOptions {
  readonly cache: string;
  readonly toolchain: string;
  readonly say?: (line: string) => void;
}
type BundleTree = (source: string, target: string, options: BundleOptions) => Promise<unknown>;
let bundleTree: BundleTree;

beforeAll(async () => {
  const file = new URL('../../scripts/bundle-tree.mjs', import.meta.url).href;
  ({ bundleTree } = (await import(file)) as { bundleTree: BundleTree });
});

function tinyTree(folder: string): TinyTree {
  const tree = makeTinyTree(join(folder, 'source'));
  for (const name of ['ada/one', 'ada/two']) {
    tree.keyboard(name, { keyboard_name: `Board ${name}`, maintainer: 'Lovelace', layouts: {} });
    tree.write(`keyboards/${name}/rules.mk`, '');
  }
  tree.keyboard('broken', { deed: 'raise' });
  tree.write('keyboards/broken/rules.mk', '');
  tree.write('data/mappings/keyboard_aliases.hjson', '{"old/name": {"target": "ada/two"}}');
  for (const path of ['docs/page.md', 'tests/test.cpp', 'keyboards/ada/one/picture.PNG', 'a.hex']) {
    tree.write(path, 'x');
  }
  for (const path of ['LICENSE', 'lib/lufa/Demos/LICENSE.txt', 'lib/lufa/Demos/demo.c']) {
    tree.write(path, 'terms');
  }
  return tree;
}

/** A folder of tools that can read a tiny tree. */
function tools(folder: string): string {
  const bin = join(folder, 'tools/bin');
  // As `qmk generate-api` does.
  const document = '"{\\"last_updated\\": \\"$(date +%N)\\"}"';
  const script = `mkdir -p .build/api_data/v1 && echo ${document} > .build/api_data/v1/metadata.json`;
  writeTool(bin, 'qmk', script);
  symlinkSync(findRealPython(), join(bin, 'python3'));
  return join(folder, 'tools');
}

async function bundle(source: string, folder: string, say: string[] = []): Promise<string> {
  const target = join(folder, 'made/tree');
  const options = { cache: join(folder, 'cache'), toolchain: tools(folder) };
  await bundleTree(source, target, { ...options, say: (line) => void say.push(line) });
  return target;
}

/** Kiln's parts on a new data folder, on a machine that has no program at all. */
function openParts(shipped: string, dataDir = join(temporaryFolder(), 'data')) {
  mkdirSync(dataDir, { recursive: true });
  const settings = loadSettings({ dataDir }, {});
  const paths = dataPaths(settings);
  const toolchain = createToolchain(settings, paths, []);
  const git = createGit(toolchain);
  const database = openDatabase(paths.database);
  const bundled = findBundledTree(shipped);
  const trees = createTreeRegistry({ database, folder: paths.trees, git, bundled });
  const catalogues = createCatalogues({
    file: paths.catalogue,
    trees,
    toolchainOf: () => toolchain,
    git,
    cacheFolder: paths.cache,
    log: createLogger({ level: 'silent', name: 'test' }),
  });
  const close = async () => {
    await catalogues.close();
    database.close();
  };
  return { trees, catalogues, git, close };
}

describe('a tree that came with the package', () => {
  it('has all its keyboards at once, is the default, and may be moved', async () => {
    const folder = temporaryFolder();
    const made = await bundle(tinyTree(folder).folder, folder);
    const dataDir = join(folder, 'data');
    const look = async (place: string) => {
      const parts = openParts(place, dataDir);
      try {
        const catalogue = await parts.catalogues.forTree('qmk');
        return {
          tree: await parts.trees.defaultTree(),
          keyboards: await catalogue.keyboards(),
          info: await catalogue.info('ada/two'),
          broken: (await catalogue.broken()).map(({ name }) => name),
          found: (await parts.catalogues.search('old/name', 9)).map(({ name }) => name),
          maintainer: (await parts.catalogues.search('lovelace one', 9)).map(({ name }) => name),
          languages: [...(await catalogue.facts()).hostLanguages],
          state: (await catalogue.index()).state,
        };
      } finally {
        await parts.close();
      }
    };
    const seen = await look(made);
    expect(seen).toMatchObject({
      tree: { name: 'qmk', kind: 'bundled', isDefault: true, path: join(made, 'firmware') },
      keyboards: ['ada/one', 'ada/two', 'broken'],
      info: { keyboard_name: 'Board ada/two' },
      broken: ['broken'],
      found: ['ada/two'],
      maintainer: ['ada/one'],
      languages: ['german'],
      state: 'complete',
    });
    const elsewhere = join(folder, 'elsewhere');
    renameSync(made, elsewhere);
    const moved = await look(elsewhere);
    expect(moved).toEqual({ ...seen, tree: { ...seen.tree, path: join(elsewhere, 'firmware') } });
  });

  it('is without what no build reads, with every licence, and says what it is', async () => {
    const folder = temporaryFolder();
    const { folder: source } = tinyTree(folder);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args], {
        cwd: source,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', HOME: folder },
      }).trim();
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '-m', 'first');
    const commit = git('rev-parse', 'HEAD');
    const made = await bundle(`file://${source}`, folder);
    const has = (path: string) => existsSync(join(made, 'firmware', path));
    expect(['.git', 'docs', 'tests', 'keyboards/ada/one/picture.PNG', 'a.hex'].filter(has)).toEqual(
      [],
    );
    expect(has('lib/lufa/Demos/demo.c')).toBe(false);
    expect(has('LICENSE') && has('lib/lufa/Demos/LICENSE.txt') && has('data/mappings')).toBe(true);

    const { trees, git: noGit, close } = openParts(made);
    onTestFinished(close);
    const tree = await trees.get('qmk');
    expect(tree).toMatchObject({ origin: `file://${source}`, commit });
    await expect(createTreeVersions(noGit)(tree)).resolves.toMatchObject({ commit, dirty: false });
  });

  it('is read once, however often it is packaged', async () => {
    const folder = temporaryFolder();
    const { folder: source } = tinyTree(folder);
    const made = await bundle(source, folder);
    const first = readFileSync(join(made, 'catalogue.sqlite'));
    const said: string[] = [];
    const again = temporaryFolder();
    renameSync(join(folder, 'cache'), join(again, 'cache'));
    const second = await bundle(source, again, said);
    expect(said.join()).toContain('there already');
    expect(readFileSync(join(second, 'catalogue.sqlite')).equals(first)).toBe(true);
    expect(readFileSync(join(second, 'stamps.json'))).toEqual(
      readFileSync(join(made, 'stamps.json')),
    );
    // And if it is read again, it is the same.
    const third = await bundle(source, temporaryFolder());
    expect(readFileSync(join(third, 'catalogue.sqlite')).equals(first)).toBe(true);
  });
});
