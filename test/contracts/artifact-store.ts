/**
 * What every artifact store must do, whatever it is built on. An engine calls `describeArtifactStore` from a
 * test file of its own; that file then adds what only it promises.
 */
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../core/storage/contract.ts';

export interface StoreEngine {
  readonly store: ArtifactStore;
  close(): Promise<void>;
}

export type MakeStoreEngine = () => Promise<StoreEngine>;

export const JOB = '0123456789abcdef'.repeat(2);
export const OTHER_JOB = 'f'.repeat(32);

/** Names that must never reach another place than the job's own. */
const FORBIDDEN_NAMES = [
  '',
  '.',
  '..',
  '.hidden',
  '../escape',
  '..\\escape',
  'a/b',
  'a\\b',
  '/etc/passwd',
  'C:evil',
  'nul\u0000byte',
  'new\nline',
  'trailing.',
  'with space',
  'ä.hex',
];

const FORBIDDEN_JOBS = ['', '.', '..', `../${JOB}`, JOB.toUpperCase(), `${JOB}/..`, `${JOB}0`];

export const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as { code?: unknown }).code,
  );

export async function collect(ids: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const id of ids) all.push(id);
  return all.sort();
}

/** Holds an engine to the contract. */
export function describeArtifactStore(name: string, makeEngine: MakeStoreEngine): void {
  describe(`${name} as an artifact store`, () => {
    let engine: StoreEngine;
    beforeEach(async () => {
      engine = await makeEngine();
    });
    afterEach(() => engine.close());

    describeKeeping(() => engine.store);
    describeAddresses(() => engine.store);
    describeDeleting(() => engine.store);
  });
}

function describeKeeping(store: () => ArtifactStore): void {
  describe('keeping', () => {
    it('gives back the bytes that were put, read whole or as a stream', async () => {
      const put = await store().put(JOB, 'pad_default.hex', bytes(':00000001FF\n'));
      expect(put).toEqual({
        jobId: JOB,
        name: 'pad_default.hex',
        size: 12,
        storedAt: expect.any(Number),
      });
      expect(Buffer.from(await store().read(JOB, put.name)).toString()).toBe(':00000001FF\n');
      const { artifact, stream } = await store().open(JOB, put.name);
      expect(artifact).toEqual(put);
      expect(await text(stream)).toBe(':00000001FF\n');
    });

    it('keeps an empty file and one of many megabytes', async () => {
      await store().put(JOB, 'empty', new Uint8Array());
      const big = Buffer.alloc(5 * 1024 * 1024 + 1, 'kiln');
      await store().put(JOB, 'big.bin', big);
      expect((await store().read(JOB, 'empty')).length).toBe(0);
      expect(await text((await store().open(JOB, 'empty')).stream)).toBe('');
      expect(big.equals(await store().read(JOB, 'big.bin'))).toBe(true);
      expect((await store().stat(JOB, 'big.bin'))?.size).toBe(big.length);
    });

    it('tells size and time of what it has', async () => {
      const put = await store().put(JOB, 'build.log', bytes('text'));
      expect(await store().stat(JOB, 'build.log')).toEqual(put);
      expect(Math.abs(put.storedAt - Date.now())).toBeLessThan(60_000);
    });

    it('replaces a file that is there', async () => {
      await store().put(JOB, 'build.log', bytes('the first and longer one'));
      await store().put(JOB, 'build.log', bytes('second'));
      expect(Buffer.from(await store().read(JOB, 'build.log')).toString()).toBe('second');
      expect(await store().list(JOB)).toHaveLength(1);
    });

    it('goes on streaming what was opened while the file is replaced', async () => {
      await store().put(JOB, 'build.log', bytes('first'));
      const { stream } = await store().open(JOB, 'build.log');
      await store().put(JOB, 'build.log', bytes('second and longer'));
      expect(await text(stream)).toBe('first');
    });

    it('ends with one whole file when several write the same at once', async () => {
      const contents = Array.from({ length: 8 }, (_, index) => String(index).repeat(10_000));
      await Promise.all(contents.map((content) => store().put(JOB, 'same', bytes(content))));
      expect(contents).toContain(Buffer.from(await store().read(JOB, 'same')).toString());
      expect(await store().list(JOB)).toHaveLength(1);
    });

    it('lists the files of a job by name, and none of another', async () => {
      await store().put(JOB, 'keymap.json', bytes('{}'));
      const hex = await store().put(JOB, 'a.hex', bytes('a'));
      await store().put(OTHER_JOB, 'b.hex', bytes('b'));
      expect((await store().list(JOB)).map((artifact) => artifact.name)).toEqual([
        'a.hex',
        'keymap.json',
      ]);
      expect((await store().list(JOB))[0]).toEqual(hex);
    });

    it('takes several files at once', async () => {
      await store().put(JOB, 'b', bytes('old'));
      await store().putAll(JOB, [
        { name: 'a', content: bytes('1') },
        { name: 'b', content: bytes('2') },
      ]);
      expect((await store().list(JOB)).map(({ name }) => name)).toEqual(['a', 'b']);
      expect(await store().read(JOB, 'b')).toEqual(Buffer.from('2'));
      await expect(
        store().putAll(JOB, [
          { name: 'c', content: bytes('3') },
          { name: '../d', content: bytes('4') },
        ]),
      ).rejects.toMatchObject({ code: 'internal.defect' });
      expect(await store().stat(JOB, 'c')).toBeNull();
    });

    it('gives a job the files of another, which then are its own', async () => {
      await store().put(JOB, 'a', bytes('a'));
      await store().put(JOB, 'b', bytes('b'));
      await store().put(JOB, 'c', bytes('c'));
      await store().put(OTHER_JOB, 'a', bytes('old'));
      expect(await store().copy(JOB, OTHER_JOB, ['a', 'b'])).toBe(true);
      await store().put(JOB, 'a', bytes('new'));
      await store().delete(JOB);
      expect((await store().list(OTHER_JOB)).map(({ name }) => name)).toEqual(['a', 'b']);
      expect(await store().read(OTHER_JOB, 'a')).toEqual(Buffer.from('a'));
    });

    it('says so when a file to be given is not there, and gives none after it', async () => {
      await store().put(JOB, 'a', bytes('a'));
      expect(await store().copy(JOB, OTHER_JOB, ['gone', 'a'])).toBe(false);
      expect(await store().copy('../x', OTHER_JOB, ['a'])).toBe(false);
      expect(await store().list(OTHER_JOB)).toEqual([]);
    });

    it('names every job that has a file', async () => {
      expect(await collect(store().jobs())).toEqual([]);
      await store().put(JOB, 'a', bytes('a'));
      await store().put(JOB, 'b', bytes('b'));
      await store().put(OTHER_JOB, 'a', bytes('a'));
      expect(await collect(store().jobs())).toEqual([JOB, OTHER_JOB].sort());
    });
  });
}

function describeAddresses(store: () => ArtifactStore): void {
  describe('addresses', () => {
    it('knows no file that was never put', async () => {
      await store().put(JOB, 'a.hex', bytes('a'));
      for (const [job, file] of [
        [JOB, 'b.hex'],
        [OTHER_JOB, 'a.hex'],
      ] as const) {
        expect(await store().stat(job, file)).toBeNull();
        expect(await codeOf(store().read(job, file))).toBe('job.no-file');
        expect(await codeOf(store().open(job, file))).toBe('job.no-file');
      }
      expect(await store().list(OTHER_JOB)).toEqual([]);
    });

    it.each(FORBIDDEN_NAMES)(
      'stores nothing under the name %j and finds nothing there',
      async (name) => {
        await store().put(JOB, 'a.hex', bytes('a'));
        expect(await codeOf(store().put(JOB, name, bytes('evil')))).toBe('internal.defect');
        expect(await store().stat(JOB, name)).toBeNull();
        expect(await codeOf(store().read(JOB, name))).toBe('job.no-file');
        expect(await codeOf(store().open(JOB, name))).toBe('job.no-file');
        expect(await store().list(JOB)).toHaveLength(1);
      },
    );

    it('takes names of 200 characters and no longer ones', async () => {
      await store().put(JOB, 'x'.repeat(200), bytes('a'));
      expect(await codeOf(store().put(JOB, 'x'.repeat(201), bytes('a')))).toBe('internal.defect');
      expect(await store().list(JOB)).toHaveLength(1);
    });

    it.each(FORBIDDEN_JOBS)('does nothing for %j, which is no job id', async (job) => {
      await store().put(JOB, 'a.hex', bytes('a'));
      expect(await codeOf(store().put(job, 'a.hex', bytes('evil')))).toBe('internal.defect');
      expect(await store().stat(job, 'a.hex')).toBeNull();
      expect(await codeOf(store().read(job, 'a.hex'))).toBe('job.no-file');
      expect(await store().list(job)).toEqual([]);
      await store().delete(job);
      expect(await collect(store().jobs())).toEqual([JOB]);
    });

    it.each(['a', '_', '-', 'planck_rev6_mine.hex', 'a..b'])(
      'takes %j for a name',
      async (name) => {
        await store().put(JOB, name, bytes('a'));
        expect((await store().list(JOB)).map((artifact) => artifact.name)).toEqual([name]);
      },
    );
  });
}

function describeDeleting(store: () => ArtifactStore): void {
  describe('deleting', () => {
    it('removes all files of a job and no others', async () => {
      await store().put(JOB, 'a', bytes('a'));
      await store().put(JOB, 'b', bytes('b'));
      await store().put(OTHER_JOB, 'a', bytes('other'));
      await store().delete(JOB);
      expect(await store().list(JOB)).toEqual([]);
      expect(await store().stat(JOB, 'a')).toBeNull();
      expect(await collect(store().jobs())).toEqual([OTHER_JOB]);
      expect(Buffer.from(await store().read(OTHER_JOB, 'a')).toString()).toBe('other');
    });

    it('has nothing against deleting nothing', async () => {
      await store().delete(JOB);
      await store().put(JOB, 'a', bytes('a'));
      await store().delete(JOB);
      await store().delete(JOB);
      expect(await collect(store().jobs())).toEqual([]);
    });

    it('takes files again for a job that was deleted', async () => {
      await store().put(JOB, 'a', bytes('old'));
      await store().delete(JOB);
      await store().put(JOB, 'b', bytes('new'));
      expect((await store().list(JOB)).map((artifact) => artifact.name)).toEqual(['b']);
    });

    it('goes on streaming what was opened before', async () => {
      await store().put(JOB, 'a', bytes('content'));
      const { stream } = await store().open(JOB, 'a');
      await store().delete(JOB);
      expect(await text(stream)).toBe('content');
    });

    it('deletes each job while they are being named', async () => {
      for (let count = 0; count < 20; count += 1) {
        await store().put(count.toString(16).padStart(32, '0'), 'a', bytes('a'));
      }
      let deleted = 0;
      for await (const id of store().jobs()) {
        await store().delete(id);
        deleted += 1;
      }
      expect(deleted).toBe(20);
      expect(await collect(store().jobs())).toEqual([]);
    });
  });
}
