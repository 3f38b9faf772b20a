import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ArtifactStore } from '../../../../core/storage/contract.ts';
import { createFilesystemStore } from '../../../../core/storage/filesystem-store.ts';
import {
  bytes,
  codeOf,
  collect,
  describeArtifactStore,
  JOB,
  OTHER_JOB,
} from '../../../contracts/artifact-store.ts';

describeArtifactStore('A folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-store-'));
  return {
    store: createFilesystemStore({ root: join(folder, 'firmwares') }),
    close: async () => rmSync(folder, { recursive: true }),
  };
});

const HOUR = 60 * 60 * 1000;
const TEMPORARY = '.a.hex.0123456789abcdef.tmp';
const TRASH = `.trash-${OTHER_JOB}-0123456789abcdef`;
const posixOnly = it.skipIf(process.platform === 'win32');

let folder: string;
let root: string;
let store: ArtifactStore;
let time: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-store-'));
  root = join(folder, 'firmwares');
  time = Date.now();
  store = createFilesystemStore({ root, now: () => time });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** A file handle's methods, to make one of them fail as a disk would. */
async function fileHandlePrototype(): Promise<FileHandle> {
  const handle = await open(folder, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

function refuse(errno: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(`${errno}: refused`), { code: errno }));
}

describe('the folder', () => {
  it('holds each artifact as a plain file in the folder of its job', async () => {
    await store.put(JOB, 'a.hex', bytes('content'));
    expect(readFileSync(join(root, JOB, 'a.hex'), 'utf8')).toBe('content');
    expect(readdirSync(join(root, JOB))).toEqual(['a.hex']);
  });

  it('is only made when something is stored', async () => {
    expect(await collect(store.jobs())).toEqual([]);
    await store.cleanUp();
    await store.delete(JOB);
    expect(existsSync(root)).toBe(false);
  });

  it('may hold other things, which are nobody’s artifacts', async () => {
    await store.put(JOB, 'a.hex', bytes('a'));
    writeFileSync(join(root, 'README.txt'), '');
    mkdirSync(join(root, 'not-a-job'));
    mkdirSync(join(root, JOB, 'a-folder'));
    writeFileSync(join(root, OTHER_JOB), 'a file named like a job');
    expect(await collect(store.jobs())).toEqual([JOB]);
    expect(await store.list(JOB)).toHaveLength(1);
    expect(await store.stat(JOB, 'a-folder')).toBeNull();
    expect(await codeOf(store.read(JOB, 'a-folder'))).toBe('job.no-file');
    expect(await codeOf(store.read(OTHER_JOB, 'a.hex'))).toBe('job.no-file');
    expect(await store.list(OTHER_JOB)).toEqual([]);
  });
});

describe('a write that goes wrong', () => {
  it.each([
    ['ENOSPC', 'storage.full'],
    ['EDQUOT', 'storage.full'],
    ['EACCES', 'storage.unwritable'],
    ['EROFS', 'storage.unwritable'],
    ['EIO', 'storage.unwritable'],
  ])('for %s says %s, keeps the old file and leaves nothing else', async (errno, code) => {
    await store.put(JOB, 'a.hex', bytes('old'));
    vi.spyOn(await fileHandlePrototype(), 'writeFile').mockImplementation(() => refuse(errno));
    expect(await codeOf(store.put(JOB, 'a.hex', bytes('new')))).toBe(code);
    expect(Buffer.from(await store.read(JOB, 'a.hex')).toString()).toBe('old');
    expect(readdirSync(join(root, JOB))).toEqual(['a.hex']);
  });

  it('does not take a file for stored that the disk did not confirm', async () => {
    vi.spyOn(await fileHandlePrototype(), 'sync').mockImplementation(() => refuse('EIO'));
    expect(await codeOf(store.put(JOB, 'a.hex', bytes('new')))).toBe('storage.unwritable');
    expect(await store.list(JOB)).toEqual([]);
  });

  posixOnly('forces the file, its folder and the folder above to the disk', async () => {
    const sync = vi.spyOn(await fileHandlePrototype(), 'sync');
    await store.put(JOB, 'a.hex', bytes('new'));
    expect(sync).toHaveBeenCalledTimes(3);
  });

  it('says that it cannot write where a file has the place of the folder', async () => {
    writeFileSync(root, '');
    expect(await codeOf(store.put(JOB, 'a.hex', bytes('a')))).toBe('storage.unwritable');
    expect(await codeOf(store.read(JOB, 'a.hex'))).toBe('job.no-file');
  });

  it('makes a folder again that vanishes under it', async () => {
    const prototype = await fileHandlePrototype();
    const sync = prototype.sync;
    vi.spyOn(prototype, 'sync').mockImplementationOnce(async function (this: FileHandle) {
      rmSync(join(root, JOB), { recursive: true });
      return sync.call(this);
    });
    await store.put(JOB, 'a.hex', bytes('a'));
    expect(Buffer.from(await store.read(JOB, 'a.hex')).toString()).toBe('a');
  });
});

describe('symbolic links', () => {
  posixOnly('are not followed out of the folder', async () => {
    writeFileSync(join(folder, 'secret'), 'secret');
    await store.put(JOB, 'a.hex', bytes('a'));
    symlinkSync(join(folder, 'secret'), join(root, JOB, 'link.hex'));
    expect(await store.stat(JOB, 'link.hex')).toBeNull();
    expect(await codeOf(store.read(JOB, 'link.hex'))).toBe('job.no-file');
    expect(await codeOf(store.open(JOB, 'link.hex'))).toBe('job.no-file');
    expect(await store.list(JOB)).toHaveLength(1);
  });

  posixOnly('are replaced by a write, not written through', async () => {
    writeFileSync(join(folder, 'victim'), 'untouched');
    mkdirSync(join(root, JOB), { recursive: true });
    symlinkSync(join(folder, 'victim'), join(root, JOB, 'link.hex'));
    await store.put(JOB, 'link.hex', bytes('a'));
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('untouched');
    expect(Buffer.from(await store.read(JOB, 'link.hex')).toString()).toBe('a');
  });

  posixOnly('that stand for a job’s folder are deleted without what they point to', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere', 'a.hex'), 'a');
    mkdirSync(root);
    symlinkSync(join(folder, 'elsewhere'), join(root, JOB));
    expect(await collect(store.jobs())).toEqual([]);
    await store.delete(JOB);
    expect(existsSync(join(folder, 'elsewhere', 'a.hex'))).toBe(true);
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('what a crash leaves behind', () => {
  beforeEach(async () => {
    await store.put(JOB, 'a.hex', bytes('a'));
    writeFileSync(join(root, JOB, TEMPORARY), 'half of a fi');
    mkdirSync(join(root, TRASH));
    writeFileSync(join(root, TRASH, 'b.hex'), 'half-deleted');
    mkdirSync(join(root, OTHER_JOB));
    writeFileSync(join(root, OTHER_JOB, TEMPORARY), 'half of a fi');
  });

  it('is never listed', async () => {
    expect((await store.list(JOB)).map(({ name }) => name)).toEqual(['a.hex']);
    expect(await store.list(OTHER_JOB)).toEqual([]);
    expect(await collect(store.jobs())).toEqual([JOB]);
    expect(await codeOf(store.read(JOB, TEMPORARY))).toBe('job.no-file');
  });

  it('is removed by a clean-up an hour later, and no artifact with it', async () => {
    time += HOUR + 60_000;
    await store.cleanUp();
    expect(readdirSync(root)).toEqual([JOB]);
    expect(readdirSync(join(root, JOB))).toEqual(['a.hex']);
  });

  it('stays for a while where it may be the work of a process that still writes', async () => {
    time += HOUR - 60_000;
    await store.cleanUp();
    expect(readdirSync(join(root, JOB)).sort()).toEqual([TEMPORARY, 'a.hex']);
    expect(readdirSync(join(root, OTHER_JOB))).toEqual([TEMPORARY]);
  });
});
