/**
 * The artifact store on any service that speaks S3: `<job id>/<name>` in one bucket, as the hosted QMK API lays them.
 * Several machines may use one bucket at once. Every content carries its SHA-256, which is checked when it is read.
 */
import { createHash, hash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { S3Client } from '@aws-sdk/client-s3';
import { KilnError } from '../../errors.ts';
import { isJobId } from '../../queue/contract.ts';
import { checkAddress, isAddress, isArtifactName, noSuchFile } from '../address.ts';
import type { Artifact, ArtifactStore, Attachment, NewArtifact } from '../contract.ts';
import { createReadCache, type ReadCache } from './read-cache.ts';
import { isBucketThere, isNoBucket, isNoObject, isUnchanged, toS3Error } from './s3-errors.ts';

export interface S3StoreOptions {
  /** The service's address, with its scheme. */
  readonly host: string;
  readonly region: string;
  /** Made at the first write when it is not there. */
  readonly bucket: string;
  /** Both, or AWS's own places are looked through (variables, files, the machine's role). */
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  /** Whether `link` gives addresses. */
  readonly links: boolean;
  readonly linkSeconds: number;
  /** Memory for content that was read. */
  readonly cacheBytes: number;
  /** Objects of one answer to a list; 1000 by default, which is the most. */
  readonly pageSize?: number;
  /** Tries of one request, with growing waits between; 5 by default: about five seconds in all. */
  readonly attempts?: number;
}

type Sdk = typeof import('@aws-sdk/client-s3');

interface Opened {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

const CONNECT_MS = 3000;
/** Without a byte. */
const SILENCE_MS = 30_000;
/** Of one answer to a list and of one request to delete; the protocol's own bound. */
const MOST_KEYS = 1000;
/** The name of the metadata that holds the content's SHA-256, in hexadecimal digits. */
const CHECKSUM = 'sha256';

/** S3 tells times of objects in whole seconds at some questions and finer at others; the coarser is the same at all. */
function wholeSeconds(time: Date | undefined): number {
  return Math.floor((time?.getTime() ?? 0) / 1000) * 1000;
}

const keyOf = (jobId: string, name: string): string => `${jobId}/${name}`;

function damaged(key: string): KilnError {
  return new KilnError('storage.damaged', `The file ${key} is not what was stored.`);
}

/** Passes content on and fails at its end where it is not what was stored. */
function checking(expected: string | undefined, key: string): Transform {
  const sum = createHash('sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const wrong = expected !== undefined && sum.digest('hex') !== expected;
      done(wrong ? damaged(key) : null);
    },
  });
}

/** The client's parts take a second to load: only who uses S3 pays that. */
async function openClient(options: S3StoreOptions): Promise<Opened> {
  const sdk = await import('@aws-sdk/client-s3');
  const { accessKey, secretKey } = options;
  const client = new sdk.S3Client({
    endpoint: options.host,
    region: options.region,
    // Names of buckets as host names work only where somebody set up a name server for them.
    forcePathStyle: !new URL(options.host).hostname.endsWith('.amazonaws.com'),
    ...(accessKey === undefined || secretKey === undefined
      ? {}
      : { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } }),
    maxAttempts: options.attempts ?? 5,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: SILENCE_MS },
    // The newer checksums are unknown to many services; ours and Content-MD5 are known to all.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { sdk, client };
}

class S3Store implements ArtifactStore {
  readonly #options: S3StoreOptions;
  readonly #cache: ReadCache;
  #opened: Promise<Opened> | undefined;

  constructor(options: S3StoreOptions) {
    this.#options = options;
    this.#cache = createReadCache(options.cacheBytes);
  }

  async put(jobId: string, name: string, content: Uint8Array): Promise<Artifact> {
    checkAddress(jobId, name);
    await this.#put(jobId, { name, content });
    const stored = await this.stat(jobId, name);
    // Somebody deleted the job meanwhile: what was put was there.
    return stored ?? { jobId, name, size: content.length, storedAt: wholeSeconds(new Date()) };
  }

  async putAll(jobId: string, files: readonly NewArtifact[]): Promise<void> {
    for (const { name } of files) checkAddress(jobId, name);
    for (const file of files) await this.#put(jobId, file);
  }

  async #put(jobId: string, { name, content }: NewArtifact): Promise<void> {
    await this.#call(async ({ sdk, client }) =>
      client.send(
        new sdk.PutObjectCommand({
          Bucket: this.#options.bucket,
          Key: keyOf(jobId, name),
          Body: content,
          // The service refuses what did not arrive whole.
          ContentMD5: hash('md5', content, 'base64'),
          Metadata: { [CHECKSUM]: hash('sha256', content, 'hex') },
        }),
      ),
    );
  }

  async copy(fromJobId: string, toJobId: string, names: readonly string[]): Promise<boolean> {
    for (const name of names) checkAddress(toJobId, name);
    if (!isJobId(fromJobId)) return false;
    const { bucket } = this.#options;
    for (const name of names) {
      const copied = await this.#unlessAbsent(async ({ sdk, client }) => {
        await client.send(
          new sdk.CopyObjectCommand({
            Bucket: bucket,
            Key: keyOf(toJobId, name),
            CopySource: `${bucket}/${keyOf(fromJobId, name)}`,
          }),
        );
        return true;
      });
      if (copied === null) return false;
    }
    return true;
  }

  async stat(jobId: string, name: string): Promise<Artifact | null> {
    if (!isAddress(jobId, name)) return null;
    return this.#unlessAbsent(async ({ sdk, client }) => {
      const head = await client.send(
        new sdk.HeadObjectCommand({ Bucket: this.#options.bucket, Key: keyOf(jobId, name) }),
      );
      const storedAt = wholeSeconds(head.LastModified);
      return { jobId, name, size: head.ContentLength ?? 0, storedAt };
    });
  }

  async read(jobId: string, name: string): Promise<Uint8Array> {
    const { stream } = await this.open(jobId, name);
    try {
      return await buffer(stream);
    } catch (error) {
      throw toS3Error(error, this.#options.host);
    }
  }

  async open(jobId: string, name: string): Promise<{ artifact: Artifact; stream: Readable }> {
    if (!isAddress(jobId, name)) throw noSuchFile(jobId, name);
    const key = keyOf(jobId, name);
    const cached = this.#cache.get(key);
    try {
      const found = await this.#unlessAbsent(async ({ sdk, client }) =>
        client.send(
          new sdk.GetObjectCommand({
            Bucket: this.#options.bucket,
            Key: key,
            ...(cached === undefined ? {} : { IfNoneMatch: cached.etag }),
          }),
        ),
      );
      if (found === null) {
        this.#cache.delete(key);
        throw noSuchFile(jobId, name);
      }
      const artifact: Artifact = {
        jobId,
        name,
        size: found.ContentLength ?? 0,
        storedAt: wholeSeconds(found.LastModified),
      };
      const body = found.Body as Readable;
      const checked = checking(found.Metadata?.[CHECKSUM], key);
      body.once('error', (error) => checked.destroy(toS3Error(error, this.#options.host)));
      // Whoever stops reading lets go of the connection.
      checked.once('close', () => body.destroy());
      body.pipe(checked);
      if (found.ETag === undefined || !this.#cache.takes(artifact.size)) {
        return { artifact, stream: checked };
      }
      const content = await buffer(checked);
      this.#cache.set(key, { etag: found.ETag, content, storedAt: artifact.storedAt });
      return { artifact, stream: streamOf(content) };
    } catch (error) {
      if (cached === undefined || !isUnchanged(error)) throw error;
      const { content, storedAt } = cached;
      return {
        artifact: { jobId, name, size: content.length, storedAt },
        stream: streamOf(content),
      };
    }
  }

  async link(jobId: string, name: string, as: Attachment): Promise<string | null> {
    if (!this.#options.links || !isAddress(jobId, name) || !isArtifactName(as.fileName))
      return null;
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    return this.#call(({ sdk, client }) =>
      getSignedUrl(
        client,
        new sdk.GetObjectCommand({
          Bucket: this.#options.bucket,
          Key: keyOf(jobId, name),
          ResponseContentDisposition: `attachment; filename="${as.fileName}"`,
          ResponseContentType: as.mediaType,
        }),
        { expiresIn: this.#options.linkSeconds },
      ),
    );
  }

  async list(jobId: string): Promise<readonly Artifact[]> {
    if (!isJobId(jobId)) return [];
    const all: Artifact[] = [];
    let from: string | undefined;
    do {
      const page = await this.#page({ Prefix: `${jobId}/`, ContinuationToken: from });
      for (const { Key = '', Size = 0, LastModified } of page?.Contents ?? []) {
        const name = Key.slice(jobId.length + 1);
        if (!isArtifactName(name)) continue;
        all.push({ jobId, name, size: Size, storedAt: wholeSeconds(LastModified) });
      }
      from = page?.NextContinuationToken;
    } while (from !== undefined);
    return all.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async *jobs(): AsyncIterable<string> {
    let from: string | undefined;
    do {
      const page = await this.#page({ Delimiter: '/', ContinuationToken: from });
      for (const { Prefix = '' } of page?.CommonPrefixes ?? []) {
        const id = Prefix.slice(0, -1);
        if (isJobId(id)) yield id;
      }
      from = page?.NextContinuationToken;
    } while (from !== undefined);
  }

  async delete(jobId: string): Promise<void> {
    for (;;) {
      const files = (await this.list(jobId)).slice(0, MOST_KEYS);
      if (files.length === 0) return;
      for (const { name } of files) this.#cache.delete(keyOf(jobId, name));
      await this.#call(async ({ sdk, client }) => {
        const answer = await client.send(
          new sdk.DeleteObjectsCommand({
            Bucket: this.#options.bucket,
            Delete: {
              Objects: files.map(({ name }) => ({ Key: keyOf(jobId, name) })),
              Quiet: true,
            },
          }),
        );
        const [refused] = answer.Errors ?? [];
        if (refused === undefined) return;
        throw new KilnError(
          'storage.refused',
          `The S3 service at ${this.#options.host} did not delete ${refused.Key}: ${refused.Code}.`,
        );
      });
      if (files.length < MOST_KEYS) return;
    }
  }

  async cleanUp(): Promise<void> {
    // The service keeps whole objects only, and no upload here has parts: a crash leaves nothing unseen.
  }

  #page(more: { Prefix?: string; Delimiter?: string; ContinuationToken?: string | undefined }) {
    const { bucket, pageSize = MOST_KEYS } = this.#options;
    return this.#unlessAbsent(async ({ sdk, client }) =>
      client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, MaxKeys: pageSize, ...more })),
    );
  }

  /** What the call gives; null when there is no such object, or no bucket yet. */
  async #unlessAbsent<T>(call: (opened: Opened) => Promise<T>): Promise<T | null> {
    try {
      return await call(await this.#open());
    } catch (error) {
      if (isNoObject(error) || isNoBucket(error)) return null;
      throw toS3Error(error, this.#options.host);
    }
  }

  /** Makes the bucket and calls again when there is none. */
  async #call<T>(call: (opened: Opened) => Promise<T>): Promise<T> {
    try {
      const opened = await this.#open();
      try {
        return await call(opened);
      } catch (error) {
        if (!isNoBucket(error)) throw error;
        await this.#makeBucket(opened);
        return await call(opened);
      }
    } catch (error) {
      throw toS3Error(error, this.#options.host);
    }
  }

  async #makeBucket({ sdk, client }: Opened): Promise<void> {
    try {
      await client.send(new sdk.CreateBucketCommand({ Bucket: this.#options.bucket }));
    } catch (error) {
      if (!isBucketThere(error)) throw error;
    }
  }

  #open(): Promise<Opened> {
    this.#opened ??= openClient(this.#options);
    return this.#opened;
  }
}

function streamOf(content: Uint8Array): Readable {
  return Readable.from([content], { objectMode: false });
}

/** Opens the store; the service is asked nothing before it is used. */
export function createS3Store(options: S3StoreOptions): ArtifactStore {
  return new S3Store(options);
}
