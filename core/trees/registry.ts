/** The firmware trees that Kiln knows: the starter tree, and what people added. Kept in the database. */
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Database } from '../db/database.ts';
import { KilnError } from '../errors.ts';
import { escapeForMessage } from '../keymap/refusal.ts';
import { isBundle } from '../toolchain/bundle.ts';
import { findBundledTree } from './bundled.ts';
import type { FirmwareTree, TreeKind, TreeRegistry } from './contract.ts';
import { type Git, parseGitAddress } from './git.ts';
import { previewOf, type TreePreview } from './preview.ts';
import { createTurns, TURN_FILES } from './turns.ts';

export const STARTER = 'starter';

/** Where the starter tree lies in a checkout and in a package. */
export const STARTER_PATH = join(import.meta.dirname, '../../resources/starter');

const TREE_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** What every QMK checkout of the last years has; the first one missing is named. */
const QMK_MARKS = [
  'keyboards',
  'quantum',
  'builddefs/build_keyboard.mk',
  'lib/python/qmk/cli/__init__.py',
  'data/mappings',
];

/** The list of all files of a late 2025 tree has 2.5 MiB. */
const PREVIEW_BYTES = 32 * 1024 * 1024;

interface TreeRow {
  name: string;
  kind: TreeKind;
  origin: string | null;
  ref: string | null;
  path: string;
  commit_id: string | null;
  previous_commit: string | null;
  is_default: 0 | 1;
  added_at: number;
}

export interface RegistryOptions {
  readonly database: Database;
  /** Folder of Kiln's own clones. */
  readonly folder: string;
  readonly git: Git;
  /** Whether builds of that tree run right now: their sources stay on the disk. Nobody builds when absent. */
  readonly inUse?: (name: string) => Promise<boolean>;
  /** The tree that came with the package; what lies beside the service when absent. */
  readonly bundled?: FirmwareTree | null;
  readonly now?: () => number;
}

export interface AddOptions {
  /** git's progress, a line at a time. */
  readonly onLine?: (line: string) => void;
  /** Aborting it ends git at once, and what it had half made is removed. */
  readonly signal?: AbortSignal;
}

/** The registry, with what changes it. */
export interface EditableTreeRegistry extends TreeRegistry {
  /**
   * @param source a folder, used in place and never written to, or a git address with an optional `@ref`.
   * @throws KilnError `tree.exists`, `tree.invalid`, `tree.git-failed`
   */
  add(name: string, source: string, options?: AddOptions): Promise<FirmwareTree>;
  /** Makes it the one that answers when a request names none. */
  use(name: string): Promise<FirmwareTree>;
  /** Fetches the followed ref of a git tree; the commit in use before stays on disk for `rollback`. */
  update(name: string, options?: AddOptions): Promise<{ tree: FirmwareTree; changed: boolean }>;
  /** The same for one commit of the tree's origin, whatever ref is followed. @param commit its full id. */
  goTo(
    name: string,
    commit: string,
    options?: AddOptions,
  ): Promise<{ tree: FirmwareTree; changed: boolean }>;
  /**
   * Fetches what `update` would go to, and changes nothing of what is in use.
   * @returns null when the tree is up to date.
   */
  preview(name: string, options?: AddOptions): Promise<TreePreview | null>;
  /**
   * Has the tree built with tools of a person's own before the usual ones.
   * @param folder a staged toolchain or a folder with a `bin`; null for the usual tools again.
   * @throws KilnError `tree.no-tools`
   */
  setToolchain(name: string, folder: string | null): Promise<FirmwareTree>;
  /** Goes back to the commit before the last update. @throws `tree.no-previous` */
  rollback(name: string): Promise<FirmwareTree>;
  /** Forgets the tree, and deletes Kiln's own clone of it; a folder that was added stays as it is. */
  remove(name: string): Promise<void>;
}

function signalOf({ signal }: AddOptions): Pick<AddOptions, 'signal'> {
  return signal === undefined ? {} : { signal };
}

function toTree(row: TreeRow): FirmwareTree {
  return {
    name: row.name,
    kind: row.kind,
    origin: row.origin,
    ref: row.ref,
    path: row.path,
    commit: row.commit_id,
    previousCommit: row.previous_commit,
    toolchain: null,
    isDefault: row.is_default === 1,
    addedAt: row.added_at,
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Whether a folder is a staged toolchain, or has a `bin`. */
export function hasTools(path: string): boolean {
  return isFolder(join(path, 'bin')) || isBundle(path);
}

/** @returns the folder. @throws KilnError `tree.no-tools` */
function checkTools(path: string): string {
  if (hasTools(path)) return path;
  throw new KilnError(
    'tree.no-tools',
    `${path} is no folder of tools: it has neither a folder bin nor a kiln-toolchain.json.`,
  );
}

/** Whether a tree came with Kiln, and changes with it only. */
function isShipped({ kind }: FirmwareTree): boolean {
  return kind === 'starter' || kind === 'bundled';
}

/** @throws KilnError `tree.invalid` when the folder is not a QMK checkout, naming what it lacks. */
export function checkQmkFolder(path: string): void {
  for (const mark of QMK_MARKS) {
    if (existsSync(join(path, mark))) continue;
    throw new KilnError('tree.invalid', `${path} is not a QMK firmware tree: it has no ${mark}.`);
  }
}

/** @throws KilnError `tree.missing` when the tree's folder is gone. */
export function checkTreeThere(tree: FirmwareTree): void {
  if (isFolder(tree.path)) return;
  throw new KilnError(
    'tree.missing',
    `The folder of the firmware tree ${tree.name} is gone: ${tree.path}.`,
    { details: { tree: tree.name, path: tree.path } },
  );
}

export function createTreeRegistry(options: RegistryOptions): EditableTreeRegistry {
  const { database, folder, git, inUse = async () => false, now = Date.now } = options;
  const { bundled = findBundledTree() } = options;
  const rowsByName = database.prepare<[], TreeRow>('SELECT * FROM trees ORDER BY name');
  const insert = database.prepare(
    `INSERT INTO trees (name, kind, origin, ref, path, commit_id, is_default, added_at)
     VALUES (@name, @kind, @origin, @ref, @path, @commit, 0, @addedAt)`,
  );
  const setCommits = database.prepare(
    'UPDATE trees SET path = @path, commit_id = @commit, previous_commit = @previous WHERE name = @name',
  );
  const setDefault = database.prepare('UPDATE trees SET is_default = (name = ?)');
  const chosenShipped = database.prepare<[], string>('SELECT name FROM default_tree').pluck();
  const chooseShipped = database.prepare(
    'INSERT OR REPLACE INTO default_tree (one, name) VALUES (1, ?)',
  );
  const toolchains = database.prepare<[], { name: string; folder: string }>(
    'SELECT name, folder FROM tree_toolchains',
  );
  const chooseTools = database.prepare(
    'INSERT OR REPLACE INTO tree_toolchains (name, folder) VALUES (?, ?)',
  );
  const forgetTools = database.prepare('DELETE FROM tree_toolchains WHERE name = ?');
  const deleteRow = database.prepare('DELETE FROM trees WHERE name = ?');

  const starter: FirmwareTree = {
    name: STARTER,
    kind: 'starter',
    origin: null,
    ref: null,
    path: STARTER_PATH,
    commit: null,
    previousCommit: null,
    toolchain: null,
    isDefault: false,
    addedAt: 0,
  };

  const all = (): FirmwareTree[] => {
    const rows = rowsByName.all().map(toTree);
    // A tree that somebody added keeps its name, whatever a later package brings.
    const isTaken = rows.some(({ name }) => name === bundled?.name);
    const shipped = bundled === null || isTaken ? [starter] : [bundled, starter];
    const [first = starter] = shipped;
    const chosen = shipped.find(({ name }) => name === chosenShipped.get()) ?? first;
    const isChosen = !rows.some((tree) => tree.isDefault);
    const tools = new Map(toolchains.all().map(({ name, folder: place }) => [name, place]));
    const trees = [
      ...shipped.map((tree) => ({ ...tree, isDefault: isChosen && tree === chosen })),
      ...rows,
    ].map((tree) => ({ ...tree, toolchain: tools.get(tree.name) ?? null }));
    return trees.sort(
      (a, b) => Number(b.isDefault) - Number(a.isDefault) || (a.name < b.name ? -1 : 1),
    );
  };

  const find = (name: string): FirmwareTree => {
    const tree = all().find((candidate) => candidate.name === name);
    if (tree === undefined) {
      throw new KilnError(
        'tree.unknown',
        `There is no firmware tree named ${escapeForMessage(name)}.`,
      );
    }
    return tree;
  };

  const choose = database.transaction((name: string, shipped: boolean): void => {
    setDefault.run(name);
    if (shipped) chooseShipped.run(name);
  }).immediate;

  const completeMark = (name: string, commit: string) => join(folder, name, 'complete', commit);
  const isComplete = (name: string, commit: string): boolean =>
    existsSync(completeMark(name, commit)) && isFolder(checkoutFolder(name, commit));

  const cloneFolder = (name: string) => join(folder, name);
  const turn = createTurns();
  const checkoutFolder = (name: string, commit: string) => join(folder, name, commit);

  /** Fetches one commit, without history. @returns its full id, and how local submodules are let in. */
  const fetchCommit = async (
    name: string,
    address: string,
    ref: string | null,
    options: AddOptions,
  ): Promise<{ commit: string; allow: readonly string[] }> => {
    const home = cloneFolder(name);
    const store = join(home, 'git');
    // git forbids submodules from local paths by default; the user named this path, so its own are wanted.
    const local = isFolder(address) || address.startsWith('file://');
    const allow = local ? ['-c', 'protocol.file.allow=always'] : [];
    await mkdir(store, { recursive: true });
    await git(['init', '--quiet', '--bare', store], { cwd: home });
    // The dashes: neither an address nor a ref is ever taken for an option, some of which run programs.
    const fetch = [...allow, 'fetch', '--quiet', '--depth', '1', '--no-tags', '--', address];
    const asIs = () => git([...fetch, ref ?? 'HEAD'], { ...options, cwd: store });
    // A tag is fetched under its name, so that `git describe` in the checkout finds it.
    const asTag = () =>
      git([...fetch, `+refs/tags/${ref}:refs/tags/${ref}`], { ...signalOf(options), cwd: store });
    await (ref === null ? asIs() : asTag().catch(asIs));
    return { commit: await git(['rev-parse', 'FETCH_HEAD^{commit}'], { cwd: store }), allow };
  };

  /** Fetches one commit and lays it out beside the others. @returns its full id. */
  const checkOut = async (
    name: string,
    address: string,
    ref: string | null,
    options: AddOptions,
  ): Promise<string> => {
    const { commit, allow } = await fetchCommit(name, address, ref, options);
    const home = cloneFolder(name);
    const store = join(home, 'git');
    const target = checkoutFolder(name, commit);
    // Written last: a checkout without it was interrupted and is made anew.
    const complete = completeMark(name, commit);
    if (isComplete(name, commit)) return commit;
    await rm(complete, { force: true });
    await rm(target, { recursive: true, force: true });
    await git(['worktree', 'prune'], { cwd: store });
    // Twice: a git that was killed while it laid one out left it locked, and pruning passes it over.
    const add = ['worktree', 'add', '--quiet', '--detach', '--force', '--force', target, commit];
    const submodules = ['submodule', '--quiet', 'update', '--init', '--recursive', '--depth', '1'];
    try {
      await git(add, { ...options, cwd: store });
      await git([...allow, ...submodules], { ...options, cwd: target });
      checkQmkFolder(target);
    } catch (error) {
      // Half of a checkout is of no use to anybody, and has the size of a whole one.
      await rm(target, { recursive: true, force: true });
      await git(['worktree', 'prune'], { cwd: store }).catch(() => undefined);
      throw error;
    }
    await mkdir(join(home, 'complete'), { recursive: true });
    await writeFile(complete, '');
    return commit;
  };

  const keepOnly = async (name: string, commits: readonly (string | null)[]): Promise<void> => {
    const keep = new Set<string>([
      'git',
      'complete',
      ...TURN_FILES,
      ...commits.filter((id) => id !== null),
    ]);
    for (const entry of await readdir(cloneFolder(name))) {
      if (!keep.has(entry))
        await rm(join(cloneFolder(name), entry), { recursive: true, force: true });
    }
  };

  const gitTree = (
    name: string,
  ): FirmwareTree & { readonly origin: string; readonly commit: string } => {
    const tree = find(name);
    if (tree.kind === 'git' && tree.origin !== null && tree.commit !== null) {
      return { ...tree, origin: tree.origin, commit: tree.commit };
    }
    throw new KilnError(
      isShipped(tree) ? 'tree.protected' : 'tree.invalid',
      `The firmware tree ${name} is not a clone of Kiln’s own, so there is nothing to update.`,
      tree.kind === 'folder' ? { remedy: `Update it where it lies: ${tree.path}.` } : {},
    );
  };

  /** Never in the folder of a tree that is not Kiln's own: that one has no clone. */
  const inTurn = async <Value>(
    name: string,
    turnOptions: AddOptions,
    work: () => Promise<Value>,
  ): Promise<Value> => turn(cloneFolder(gitTree(name).name), turnOptions, work);

  const moveTo = async (name: string, ref: string | null, updateOptions: AddOptions) => {
    const tree = gitTree(name);
    const commit = await checkOut(name, tree.origin, ref, updateOptions);
    if (commit === tree.commit) return { tree, changed: false };
    setCommits.run({ name, commit, previous: tree.commit, path: checkoutFolder(name, commit) });
    // A build took its commit before now, maybe that of two updates ago; the next update cleans up.
    if (!(await inUse(name))) await keepOnly(name, [commit, tree.commit]);
    return { tree: find(name), changed: true };
  };

  const preview: EditableTreeRegistry['preview'] = async (name, previewOptions = {}) => {
    const tree = gitTree(name);
    const { commit } = await fetchCommit(name, tree.origin, tree.ref, previewOptions);
    if (commit === tree.commit) return null;
    const diff = ['diff', '--name-status', '--no-renames', '-z', tree.commit, commit, '--'];
    const lines = await git(diff, {
      cwd: join(cloneFolder(name), 'git'),
      maxOutputBytes: PREVIEW_BYTES,
    });
    return previewOf(tree.commit, commit, lines.split('\0'));
  };

  return {
    list: async () => all(),
    get: async (name) => find(name),
    async at(name, commit) {
      const tree = find(name);
      if (tree.commit === commit) return tree;
      if (tree.kind !== 'git' || tree.previousCommit !== commit) return null;
      if (!isComplete(name, commit)) return null;
      return { ...tree, commit, path: checkoutFolder(name, commit) };
    },
    defaultTree: async () => all()[0] ?? starter,
    async add(name, source, addOptions = {}) {
      if (!TREE_NAME.test(name)) {
        throw new KilnError('tree.invalid', `“${name}” cannot name a firmware tree.`, {
          remedy: 'Use lower-case letters, digits, - and _, at most 32.',
        });
      }
      if (all().some((tree) => tree.name === name)) {
        throw new KilnError('tree.exists', `There is a firmware tree named ${name} already.`);
      }
      const row = { name, addedAt: now(), ref: null, commit: null };
      if (isFolder(source)) {
        const path = resolve(source);
        checkQmkFolder(path);
        insert.run({ ...row, kind: 'folder', origin: path, path });
        return find(name);
      }
      const parsed = parseGitAddress(source);
      const { ref } = parsed;
      // git runs in another folder than the one that a relative path is meant from.
      const address = isFolder(parsed.address) ? resolve(parsed.address) : parsed.address;
      // What lies there without a row is of an earlier try that was killed.
      await rm(cloneFolder(name), { recursive: true, force: true });
      try {
        const commit = await checkOut(name, address, ref, addOptions);
        const path = checkoutFolder(name, commit);
        insert.run({ ...row, kind: 'git', origin: address, ref, commit, path });
      } catch (error) {
        await rm(cloneFolder(name), { recursive: true, force: true });
        throw error;
      }
      return find(name);
    },
    async use(name) {
      const tree = find(name);
      // No row is marked when a tree is named that came with Kiln: those answer when nobody else does.
      choose(name, isShipped(tree));
      return find(name);
    },
    update: async (name, updateOptions = {}) =>
      inTurn(name, updateOptions, () => moveTo(name, gitTree(name).ref, updateOptions)),
    goTo: async (name, commit, updateOptions = {}) =>
      inTurn(name, updateOptions, () => moveTo(name, commit, updateOptions)),
    preview: async (name, previewOptions = {}) =>
      inTurn(name, previewOptions, () => preview(name, previewOptions)),
    async setToolchain(name, chosen) {
      find(name);
      if (chosen === null) forgetTools.run(name);
      else chooseTools.run(name, checkTools(resolve(chosen)));
      return find(name);
    },
    async rollback(name) {
      const tree = gitTree(name);
      if (tree.previousCommit === null) {
        throw new KilnError('tree.no-previous', `The firmware tree ${name} has no earlier commit.`);
      }
      const commit = tree.previousCommit;
      setCommits.run({ name, commit, previous: tree.commit, path: checkoutFolder(name, commit) });
      return find(name);
    },
    async remove(name) {
      const tree = find(name);
      if (isShipped(tree)) {
        const what = tree.kind === 'starter' ? 'starter tree' : `firmware tree ${name}`;
        throw new KilnError('tree.protected', `The ${what} came with Kiln and cannot be removed.`);
      }
      if (await inUse(name)) {
        throw new KilnError('tree.in-use', `A build uses the firmware tree ${name} right now.`);
      }
      deleteRow.run(name);
      forgetTools.run(name);
      if (tree.kind === 'git') await rm(cloneFolder(name), { recursive: true, force: true });
    },
  };
}
