/**
 * The artifact store's contract: small named files by job. Two engines implement it (a folder, S3)
 * and one suite, `test/contracts/artifact-store.ts`, holds both to it.
 */
import type { Readable } from 'node:stream';

export interface Artifact {
  readonly jobId: string;
  /** A plain file name: 1 to 200 letters, digits, `.`, `_`, `-`; no folder, no dot at either end. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

export interface NewArtifact {
  /** As an `Artifact`'s. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** How a file is handed to a client. */
export interface Attachment {
  /** What the client's copy is called: plain letters, digits, `.`, `_`, `-`. */
  readonly fileName: string;
  readonly mediaType: string;
}

export interface ArtifactStore {
  /** Writes the whole file or nothing; an existing one is replaced. @throws KilnError `storage.*` */
  put(jobId: string, name: string, content: Uint8Array): Promise<Artifact>;
  /** Writes several files; each comes into sight after those before it. @throws KilnError `storage.*` */
  putAll(jobId: string, files: readonly NewArtifact[]): Promise<void>;
  /**
   * Gives a job the files of another that are named, in that order; they are its own from then on.
   * @returns false when one of them is not there (any more): those before it may have been given.
   * @throws KilnError `storage.*`
   */
  copy(fromJobId: string, toJobId: string, names: readonly string[]): Promise<boolean>;
  /** Null when there is no such artifact. */
  stat(jobId: string, name: string): Promise<Artifact | null>;
  /** @throws KilnError `job.no-file` */
  read(jobId: string, name: string): Promise<Uint8Array>;
  /**
   * The content as a stream, with its size known; it is what it was even if the artifact is replaced or
   * deleted meanwhile. The caller reads it to the end or destroys it. @throws KilnError `job.no-file`
   */
  open(jobId: string, name: string): Promise<{ artifact: Artifact; stream: Readable }>;
  /**
   * An address where a client gets the file without Kiln between, for a bounded time; whether there is such a file is
   * not looked at. Null where the store has none to give: the content then goes through `open`.
   */
  link(jobId: string, name: string, as: Attachment): Promise<string | null>;
  list(jobId: string): Promise<readonly Artifact[]>;
  /** Every job id that has at least one artifact. */
  jobs(): AsyncIterable<string>;
  /** Removes all of a job's artifacts; none is no error. */
  delete(jobId: string): Promise<void>;
  /** Removes what a crash left behind and nobody sees, where the engine leaves such. For one process at its start. */
  cleanUp(): Promise<void>;
}
