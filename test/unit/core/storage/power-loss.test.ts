/**
 * The artifact store on a disk that loses its power, or its space, at any step. What is simulated: content that was
 * not synced may be there in part or not at all, names that were made or moved in a folder that was not synced may be
 * there or not, in any combination. What is not: a disk that lies about a sync, and one that tears what it had synced.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFilesystemStore } from '../../../../core/storage/filesystem-store.ts';
import { createRandom, type Random } from '../../../faults/random.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

type Step =
  | { readonly what: 'write'; readonly path: string; readonly content: Buffer }
  | { readonly what: 'sync'; readonly path: string }
  | { readonly what: 'name'; readonly path: string; readonly from: string | null };

/** What was asked of the disk, and from which step on it refuses. */
const disk = vi.hoisted(() => ({
  steps: [] as Step[],
  full: Number.POSITIVE_INFINITY,
}));

vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof import('node:fs/promises')>();
  const take = (step: Step): void => {
    if (disk.steps.length >= disk.full) {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    }
    disk.steps.push(step);
  };
  return {
    ...real,
    async open(path: string, flags: string | number, mode?: number) {
      if (flags === 'wx') take({ what: 'name', path, from: null });
      const handle = await real.open(path, flags, mode);
      const { sync, writeFile } = handle;
      handle.sync = async () => {
        take({ what: 'sync', path });
        await sync.call(handle);
      };
      handle.writeFile = (async (content: Uint8Array) => {
        take({ what: 'write', path, content: Buffer.from(content) });
        await writeFile.call(handle, content);
      }) as typeof handle.writeFile;
      return handle;
    },
    async rename(from: string, to: string) {
      take({ what: 'name', path: to, from });
      await real.rename(from, to);
    },
    async mkdir(path: string, options: object) {
      take({ what: 'name', path, from: null });
      return real.mkdir(path, options);
    },
  };
});

const JOB = '0123456789abcdef'.repeat(2);
const OLD = Buffer.from('the image of before '.repeat(100));
const NEW = Buffer.from('the image that replaces it '.repeat(200));

let root: string;

beforeEach(() => {
  disk.steps = [];
  disk.full = Number.POSITIVE_INFINITY;
  root = join(temporaryFolder(), 'firmwares');
});

interface Entry {
  /** The file that a name leads to; null for a folder. */
  readonly file: { synced: Buffer | null; written: Buffer | null } | null;
}

/** What may be on the disk after the power went behind the last of the steps. */
function afterPowerLoss(steps: readonly Step[], random: Random): Map<string, Buffer | null> {
  const names = new Map<string, Entry>();
  const durable = new Map<string, Entry>();
  /** Changes of names that no sync of their folder made last yet. */
  let open: { readonly folder: string; apply(to: Map<string, Entry>): void }[] = [];
  for (const step of steps) {
    if (step.what === 'write') {
      const file = names.get(step.path)?.file;
      if (file) file.written = step.content;
    } else if (step.what === 'sync') {
      const file = names.get(step.path)?.file;
      if (file) file.synced = file.written;
      for (const change of open) if (change.folder === step.path) change.apply(durable);
      open = open.filter(({ folder }) => folder !== step.path);
    } else {
      const { path, from } = step;
      const isFolder = from === null && !basename(path).startsWith('.');
      const made: Entry = { file: isFolder ? null : { synced: null, written: null } };
      const entry = from === null ? made : names.get(from);
      if (entry === undefined || (isFolder && names.has(path))) continue;
      const apply = (to: Map<string, Entry>): void => {
        if (from !== null) to.delete(from);
        to.set(path, entry);
      };
      apply(names);
      open.push({ folder: dirname(path), apply });
    }
  }
  for (const { apply } of open) if (random() < 0.5) apply(durable);
  const found = new Map<string, Buffer | null>();
  for (const [path, { file }] of durable) {
    if (file === null) found.set(path, null);
    else if (file.synced !== null) found.set(path, file.synced);
    // Any beginning of what was written, or nothing.
    else
      found.set(path, (file.written ?? Buffer.alloc(0)).subarray(0, Math.floor(random() * 3000)));
  }
  return found;
}

/** Lays it out; what lies in a folder that is not there is lost. */
function layOut(found: ReadonlyMap<string, Buffer | null>, to: string): void {
  mkdirSync(to, { recursive: true });
  const folders = new Set([root]);
  for (const [path, content] of found) if (content === null) folders.add(path);
  for (const [path, content] of found) {
    const place = join(to, relative(root, path));
    if (content === null) mkdirSync(place, { recursive: true });
    else if (folders.has(dirname(path))) {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content);
    }
  }
}

describe('an artifact store whose machine loses its power', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'shows no half artifact afterwards, and every one that was stored (seed %i)',
    async (seed) => {
      const random = createRandom(seed);
      const store = createFilesystemStore({ root });
      mkdirSync(root);
      const stored: { readonly after: number; readonly content: Buffer }[] = [];
      for (const content of [OLD, NEW]) {
        await store.put(JOB, 'image.hex', content);
        stored.push({ after: disk.steps.length, content });
      }
      const steps = [...disk.steps];
      expect(steps.filter(({ what }) => what === 'sync').length).toBeGreaterThan(4);
      for (let cut = 0; cut <= steps.length; cut += 1) {
        const place = join(temporaryFolder(), 'after');
        layOut(afterPowerLoss(steps.slice(0, cut), random), place);
        const next = createFilesystemStore({ root: place });
        const promised = stored.filter(({ after }) => after <= cut).at(-1)?.content;
        const artifact = await next.stat(JOB, 'image.hex');
        if (artifact === null) {
          expect(promised).toBeUndefined();
          continue;
        }
        const content = Buffer.from(await next.read(JOB, 'image.hex'));
        const isWhole = content.equals(OLD) || content.equals(NEW);
        expect(isWhole, `after step ${cut}: ${content.length} bytes`).toBe(true);
        if (promised === NEW) expect(content.equals(NEW)).toBe(true);
        await next.cleanUp();
        expect((await next.list(JOB)).map(({ name }) => name)).toEqual(['image.hex']);
      }
    },
  );
});

describe('an artifact store whose disk is full from some step on', () => {
  it('says so, keeps what was there, and stores again once there is space', async () => {
    const store = createFilesystemStore({ root });
    mkdirSync(root);
    await store.put(JOB, 'image.hex', OLD);
    const before = disk.steps.length;
    await store.put(JOB, 'image.hex', OLD);
    const all = disk.steps.length - before;
    for (let step = 0; step < all; step += 1) {
      disk.steps = [];
      disk.full = step;
      await expect(store.put(JOB, 'image.hex', NEW)).rejects.toMatchObject({
        code: 'storage.full',
      });
      disk.full = Number.POSITIVE_INFINITY;
      const content = Buffer.from(await store.read(JOB, 'image.hex'));
      expect(content.equals(OLD) || content.equals(NEW)).toBe(true);
      expect(readdirSync(join(root, JOB))).toEqual(['image.hex']);
      await store.put(JOB, 'image.hex', NEW);
      expect(Buffer.from(await store.read(JOB, 'image.hex')).equals(NEW)).toBe(true);
      await store.put(JOB, 'image.hex', OLD);
    }
    rmSync(root, { recursive: true });
  });
});
