import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../core/settings.ts';
import { openArtifactStore } from '../../core/storage/open-store.ts';
import { createS3Store } from '../../core/storage/s3/s3-store.ts';
import {
  bytes,
  codeOf,
  collect,
  describeArtifactStore,
  JOB,
  OTHER_JOB,
} from '../contracts/artifact-store.ts';
import { S3_KEY, type S3Service, startS3, storeOptions } from '../fixtures/s3/s3-service.ts';

let service: S3Service;
beforeAll(async () => {
  service = await startS3();
});
afterAll(() => service.close());

let buckets = 0;
/** So that each test begins with nothing. */
const newBucket = (): string => {
  buckets += 1;
  return `bucket-${buckets}`;
};

describeArtifactStore('An S3 service', async () => {
  const store = createS3Store(storeOptions(service, { bucket: newBucket() }));
  return { store, close: async () => undefined };
});

describeArtifactStore('An S3 service with memory for what was read', async () => {
  const store = createS3Store(storeOptions(service, { bucket: newBucket(), cacheBytes: 1e8 }));
  return { store, close: async () => undefined };
});

describe('the store on S3', () => {
  it('makes its bucket at the first write, and finds nothing before', async () => {
    const store = createS3Store(storeOptions(service, { bucket: newBucket() }));
    expect(await store.stat(JOB, 'a.hex')).toBeNull();
    expect(await store.list(JOB)).toEqual([]);
    await store.put(JOB, 'a.hex', bytes('a'));
    expect((await store.list(JOB)).map(({ name }) => name)).toEqual(['a.hex']);
  });

  it('goes through as many pages as there are', async () => {
    const options = storeOptions(service, { bucket: newBucket(), pageSize: 4 });
    const store = createS3Store(options);
    const names = Array.from({ length: 11 }, (_, index) => `f${10 + index}`);
    await store.putAll(
      JOB,
      names.map((name) => ({ name, content: bytes(name) })),
    );
    const jobs = Array.from({ length: 9 }, (_, index) => String(index).repeat(32));
    for (const job of jobs) await store.putAll(job, [{ name: 'a', content: bytes('a') }]);
    expect((await store.list(JOB)).map(({ name }) => name)).toEqual(names);
    expect(await collect(store.jobs())).toEqual([...jobs, JOB].sort());
    await store.delete(JOB);
    expect(await store.list(JOB)).toEqual([]);
  });

  it('tries again while the service is in trouble', async () => {
    const store = createS3Store(storeOptions(service, { bucket: newBucket() }));
    await store.put(JOB, 'a', bytes('a'));
    service.failNext(2);
    await store.put(JOB, 'a', bytes('b'));
    service.failNext(2);
    expect(await store.read(JOB, 'a')).toEqual(Buffer.from('b'));
  });

  it('gives up in the end and says which service does not do its part', async () => {
    const store = createS3Store(storeOptions(service, { bucket: newBucket(), attempts: 2 }));
    service.failNext(2);
    await expect(store.put(JOB, 'a', bytes('a'))).rejects.toMatchObject({
      code: 'storage.unreachable',
      message: expect.stringContaining(service.host),
    });
    const nowhere = { host: 'http://127.0.0.1:1' };
    const gone = createS3Store({ ...storeOptions(service), ...nowhere, attempts: 1 });
    expect(await codeOf(gone.list(JOB))).toBe('storage.unreachable');
    const stranger = createS3Store(storeOptions(service, { accessKey: 'STRANGER' }));
    expect(await codeOf(stranger.put(JOB, 'a', bytes('a')))).toBe('storage.refused');
  });

  it('gives no content that is not what was stored', async () => {
    const bucket = newBucket();
    const store = createS3Store(storeOptions(service, { bucket }));
    await store.put(JOB, 'a.hex', bytes('right'));
    const folder = join(service.folder, bucket, JOB);
    const object = readdirSync(folder).find((name) => name.endsWith('_object'));
    writeFileSync(join(folder, object ?? ''), 'wrong');
    expect(await codeOf(store.read(JOB, 'a.hex'))).toBe('storage.damaged');
    const { stream } = await store.open(JOB, 'a.hex');
    expect(await codeOf(text(stream))).toBe('storage.damaged');
  });

  it('copies within the service, with the checksum', async () => {
    const store = createS3Store(storeOptions(service, { bucket: newBucket() }));
    const big = Buffer.alloc(1_000_000, 'kiln');
    await store.put(JOB, 'a', big);
    const before = service.sentBytes();
    expect(await store.copy(JOB, OTHER_JOB, ['a'])).toBe(true);
    expect(service.sentBytes() - before).toBeLessThan(10_000);
    expect(big.equals(await store.read(OTHER_JOB, 'a'))).toBe(true);
  });

  it('reads the same content from the service once, and never a former one', async () => {
    const bucket = newBucket();
    const store = createS3Store(storeOptions(service, { bucket, cacheBytes: 10_000_000 }));
    const other = createS3Store(storeOptions(service, { bucket }));
    await store.put(JOB, 'a', Buffer.alloc(100_000, 'x'));
    await store.read(JOB, 'a');
    const before = service.sentBytes();
    expect((await store.read(JOB, 'a')).length).toBe(100_000);
    expect((await store.open(JOB, 'a')).artifact).toEqual(await store.stat(JOB, 'a'));
    expect(service.sentBytes() - before).toBeLessThan(1000);
    await other.put(JOB, 'a', bytes('new'));
    expect(await store.read(JOB, 'a')).toEqual(Buffer.from('new'));
    await other.delete(JOB);
    expect(await codeOf(store.read(JOB, 'a'))).toBe('job.no-file');
  });

  it('links to a download under the name that clients know, for two hours', async () => {
    const options = storeOptions(service, { bucket: newBucket(), links: true });
    const store = createS3Store(options);
    await store.put(JOB, 'a.hex', bytes(':00000001FF\n'));
    const link = await store.link(JOB, 'a.hex', {
      fileName: 'planck_mine.hex',
      mediaType: 'application/octet-stream',
    });
    expect(new URL(link ?? '').searchParams.get('X-Amz-Expires')).toBe('7200');
    expect(link).not.toContain(S3_KEY.secretKey.repeat(2));
    const answer = await fetch(link ?? '');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toContain('planck_mine.hex');
    expect(await answer.text()).toBe(':00000001FF\n');
    expect(
      await createS3Store({ ...options, links: false }).link(JOB, 'a.hex', {
        fileName: 'a.hex',
        mediaType: 'text/plain',
      }),
    ).toBeNull();
  });

  it('is what STORAGE_ENGINE=s3 with the hosted service’s settings opens', async () => {
    const settings = loadSettings(
      { dataDir: '/nowhere' },
      {
        STORAGE_ENGINE: 's3',
        S3_HOST: service.host,
        S3_LOCATION: 'us-east-1',
        S3_BUCKET: newBucket(),
        S3_ACCESS_KEY: S3_KEY.accessKey,
        S3_SECRET_KEY: S3_KEY.secretKey,
      },
    );
    await openArtifactStore(settings).put(JOB, 'a', bytes('a'));
    expect(service.requests.at(-1)).toBe(`HEAD /${settings.s3Bucket}/${JOB}/a`);
  });
});
