/**
 * Makes the firmware tree that travels along with a package: what KILN_BUNDLE_TREE names, a git address (`address@ref`) or
 * a folder, without what no build reads, with every keyboard read already. See core/trees/bundled.ts.
 */
import { createHash, hash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { HOME, isMain } from './bootstrap.mjs';

const load = (path) => import(new URL(`../${path}`, import.meta.url).href);

/**
 * Folders and files that no build reads, as paths from the tree's top: documentation, tests, demonstrations, drafts of
 * boards, pictures, git's own. Licences stay wherever they lie.
 */
const LEFT_OUT = [
  /(?:^|\/)\.git(?:$|\/|hub(?:$|\/)|attributes$|ignore$)/,
  /(?:^|\/)(?:\.vscode|\.devcontainer|\.build|__pycache__)(?:$|\/)/,
  /^(?:docs|tests|users)(?:$|\/)/,
  /^lib\/(?:googletest|python\/qmk\/tests)(?:$|\/)/,
  /^lib\/chibios\/(?:demos|doc|docs|test|testex|testhal|testrt|tools)(?:$|\/)/,
  /^lib\/chibios-contrib\/(?:demos|testhal|tools)(?:$|\/)/,
  /^lib\/chibios-contrib\/ext\/.*\.(?:7z|svd|cfg|zip)$/,
  // Of the chips of NXP, ports know these alone.
  /^lib\/chibios-contrib\/ext\/mcux-sdk\/(?:boards|docs|devices\/(?!MIMXRT106))/,
  /^lib\/lufa\/(?:BuildTests|Demos|Maintenance|Projects)(?:$|\/)/,
  /^lib\/lvgl\/(?:demos|docs|examples|tests|scripts)(?:$|\/)/,
  /^lib\/pico-sdk\/(?:docs|test)(?:$|\/)/,
  /^lib\/printf\/test(?:$|\/)/,
  /^lib\/vusb\/(?:circuits|examples|libs-host|tests)(?:$|\/)/,
  /^(?:.*\/)?[^/]+\.(?:jpe?g|png|gif|webp|svg|pdf|stl|step|kicad_pcb|sch|pyc)$/i,
  // Images of somebody's build; deeper ones may be a part of a build.
  /^[^/]+\.(?:hex|bin|uf2|elf|eep)$/i,
];
const LICENCE = /(?:^|\/)(?:licen[cs]e|copying|notice)[^/]*$/i;

/** @returns {boolean} whether a file or folder of a tree belongs into a package, by its path from the top with `/` */
export function isKept(path) {
  if (/(?:^|\/)\.git(?:$|\/)/.test(path)) return false;
  return LICENCE.test(path) || !LEFT_OUT.some((pattern) => pattern.test(path));
}

/** Copies what is kept, folders that hold nothing left out; all get one time, so that equal trees give equal packages. */
function copyKept(from, to, seconds, path = '') {
  let copied = 0;
  for (const entry of readdirSync(join(from, path), { withFileTypes: true })) {
    const inside = path === '' ? entry.name : `${path}/${entry.name}`;
    // Within what is left out there may be licences of what is kept.
    if (entry.isDirectory()) {
      if (entry.name !== '.git') copied += copyKept(from, to, seconds, inside);
      continue;
    }
    if (!isKept(inside)) continue;
    mkdirSync(join(to, path), { recursive: true });
    if (entry.isSymbolicLink())
      cpSync(join(from, inside), join(to, inside), { verbatimSymlinks: true });
    else copyFileSync(join(from, inside), join(to, inside));
    lutimesSync(join(to, inside), seconds, seconds);
    copied += 1;
  }
  return copied;
}

/** Stamps by content, of the files that the catalogue looks at: the same walk, over what is packaged. */
function stampsOf(folder, { SHARED_FOLDERS, FACT_FOLDERS, isFactFile }) {
  const tops = ['keyboards', ...SHARED_FOLDERS, ...FACT_FOLDERS];
  const stamps = {};
  const names = tops
    .filter((top) => existsSync(join(folder, top)))
    .flatMap((top) =>
      readdirSync(join(folder, top), { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
    )
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !path.split('/').some((name) => name.startsWith('.') || name.endsWith('~')))
    .sort();
  for (const path of names) {
    const isFact = FACT_FOLDERS.some((top) => path.startsWith(`${top}/`));
    if (isFact && !isFactFile(path)) continue;
    stamps[path] = hash('sha1', readFileSync(join(folder, path)), 'base64url');
  }
  return stamps;
}

/** Every file of the tree, not only those that the catalogue looks at. */
function digestOf(folder) {
  const all = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of names) {
    all.update(`${file.slice(folder.length)} ${hash('sha1', readFileSync(file), 'hex')}\n`);
  }
  return all.digest('hex');
}

/** Fetches or finds the tree, with Kiln's own registry on a database that nobody keeps. */
async function takeTree(source, name, work, { toolchain, settings, say }) {
  const [{ createTreeRegistry }, { createGit }, { readTreeVersion }, { openDatabase }] =
    await Promise.all([
      load('core/trees/registry.ts'),
      load('core/trees/git.ts'),
      load('core/trees/version.ts'),
      load('core/db/database.ts'),
    ]);
  const git = createGit(toolchain);
  const database = openDatabase(join(settings.dataDir, 'kiln.sqlite'));
  try {
    const trees = createTreeRegistry({ database, folder: join(work, 'trees'), git, bundled: null });
    const tree = await trees.add(name, source, { onLine: say });
    return { tree, version: await readTreeVersion(tree.path, git) };
  } finally {
    database.close();
  }
}

/** Has every keyboard of the tree read, into a file that needs no log beside it. */
async function readCatalogue(folder, file, work, about, { toolchain, settings, say }) {
  const [
    { createCatalogues },
    { createTreeRegistry },
    { findBundledTree },
    { createGit },
    db,
    log,
  ] = await Promise.all([
    load('core/catalogue/catalogues.ts'),
    load('core/trees/registry.ts'),
    load('core/trees/bundled.ts'),
    load('core/trees/git.ts'),
    load('core/db/database.ts'),
    load('core/log.ts'),
  ]);
  const git = createGit(toolchain);
  const database = db.openDatabase(join(settings.dataDir, 'index.sqlite'));
  const bundled = findBundledTree(folder);
  const trees = createTreeRegistry({ database, folder: join(work, 'none'), git, bundled });
  // The starter tree's keyboards are read wherever Kiln runs.
  const only = { ...trees, list: async () => [await trees.get(bundled.name)] };
  const made = join(work, 'catalogue.sqlite');
  const catalogues = createCatalogues({
    file: made,
    trees: only,
    toolchainOf: () => toolchain,
    git,
    cacheFolder: join(work, 'cache'),
    log: log.createLogger({ level: 'warn', name: 'bundle-tree' }),
  });
  try {
    const catalogue = await catalogues.forTree(bundled.name);
    const telling = setInterval(async () => {
      const { done, total } = await catalogue.status();
      say(`Reading keyboards: ${done} of ${total}`);
    }, 10_000);
    const status = await catalogue.index().finally(() => clearInterval(telling));
    if (status.state !== 'complete')
      throw new Error(`Reading keyboards stopped: ${status.message}`);
  } finally {
    await catalogues.close();
    database.close();
  }
  finishCatalogue(made, file, about);
}

/** When and where it was made is nobody's concern, and would make equal packages differ. */
function finishCatalogue(made, file, { version }) {
  const time = new Date(version.committedAt ?? 0).toISOString();
  const changed = `${time.slice(0, 10)} ${time.slice(11, 19)} GMT`;
  const database = new BetterSqlite3(made);
  try {
    database.exec(`UPDATE keyboards SET read_at = 0 WHERE read_at IS NOT NULL;
      UPDATE trees SET indexed_at = 0, run_at = 0, run_rate = NULL;
      UPDATE trees SET documents_at = 0 WHERE documents_at IS NOT NULL;
      INSERT INTO keyboard_search (keyboard_search) VALUES ('delete-all')`);
    const documents = database.prepare('SELECT path, content FROM documents').all();
    const put = database.prepare('UPDATE documents SET content = ? WHERE path = ?');
    for (const { path, content } of documents) {
      // `qmk generate-api` writes down when it ran; what counts is when the tree changed.
      const text = content.toString('utf8');
      const stamped = text.replace(/"last_updated": *"[^"]*"/, `"last_updated":"${changed}"`);
      if (stamped !== text) put.run(Buffer.from(stamped), path);
    }
    database.pragma('journal_mode = DELETE');
    database.prepare('VACUUM INTO ?').run(file);
  } finally {
    database.close();
  }
}

/**
 * @param source a git address with an optional `@ref`, or a folder
 * @param {string} target replaced once the new one is whole
 * @param options `name` of the tree in Kiln; `cache`, a folder where catalogues of equal trees are kept; `toolchain`, the
 *   folder of a staged one to read keyboards with; `say` is told what happens
 * @returns what `kiln-tree.json` holds
 */
export async function bundleTree(source, target, options) {
  const { name = 'qmk', cache, toolchain = null, say = () => undefined } = options;
  const [{ loadSettings, dataPaths }, { createToolchain }, { RELEASE }, sources] =
    await Promise.all([
      load('core/settings.ts'),
      load('core/toolchain/toolchain.ts'),
      load('core/release.ts'),
      load('core/catalogue/sources.ts'),
    ]);
  const work = mkdtempSync(join(tmpdir(), 'kiln-bundle-tree-'));
  try {
    // Of this machine's Kiln, its Python environment may be needed, and nothing else of its data folder.
    const given = loadSettings();
    const toolchainDir = toolchain ?? given.toolchainDir;
    const settings = {
      ...given,
      dataDir: work,
      ...(toolchainDir === undefined ? {} : { toolchainDir }),
    };
    const tools = {
      toolchain: createToolchain(settings, dataPaths(given)),
      settings,
      say,
    };
    const { tree, version } = await takeTree(source, name, work, tools);
    if (version.dirty) say(`${source} has changes that are not committed; they travel along.`);
    const made = join(work, 'tree');
    const firmware = join(made, 'firmware');
    const files = copyKept(tree.path, firmware, Math.floor((version.committedAt ?? 0) / 1000));
    say(`${files} files of ${name} are kept`);
    const stamps = stampsOf(firmware, sources);
    const digest = digestOf(firmware);
    const origin = tree.kind === 'git' ? tree.origin : null;
    const about = { format: 1, name, origin, ref: tree.ref, version, digest };
    writeFileSync(join(made, 'kiln-tree.json'), `${JSON.stringify(about, null, 2)}\n`);
    writeFileSync(join(made, 'stamps.json'), JSON.stringify(stamps));
    const kept = join(cache, `catalogue-${RELEASE}-${digest.slice(0, 32)}.sqlite`);
    if (existsSync(kept)) say('The catalogue of the same tree is there already');
    else {
      mkdirSync(cache, { recursive: true });
      await readCatalogue(made, kept, work, about, tools);
    }
    copyFileSync(kept, join(made, 'catalogue.sqlite'));
    rmSync(target, { recursive: true, force: true });
    mkdirSync(dirname(target), { recursive: true });
    cpSync(made, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    return about;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What KILN_BUNDLE_TREE names, made into dist/tree; null where only the starter tree is to ship. */
export async function bundleNamedTree(toolchain) {
  const source = process.env.KILN_BUNDLE_TREE;
  if (source === undefined || source === '') return null;
  const target = join(HOME, 'dist/tree');
  await bundleTree(source, target, {
    cache: join(HOME, 'dist/tree-catalogues'),
    toolchain,
    say: (line) => console.log(line),
  });
  return target;
}

if (isMain(import.meta.url)) {
  const folder = await bundleNamedTree(null);
  console.log(folder ?? 'KILN_BUNDLE_TREE names no tree.');
}
