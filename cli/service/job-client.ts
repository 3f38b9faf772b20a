/** What `kiln compile` needs of a Kiln, near or far. */
import type { JobView } from '../../api/schemas/kiln-jobs.ts';
import type { JobProgress } from '../../core/queue/contract.ts';

/** A step of a job's story, as the event stream tells it. */
export type StoryEvent =
  | { readonly event: 'state'; readonly data: { readonly state: string } }
  | { readonly event: 'progress'; readonly data: JobProgress }
  | { readonly event: 'log'; readonly data: { readonly lines: readonly string[] } }
  | { readonly event: 'end'; readonly data: { readonly state: string } };

export interface TestWish {
  readonly keyboard: string;
  /** The usual one when absent. */
  readonly layout?: string;
  /** The default firmware tree when absent. */
  readonly tree?: string;
}

export interface JobClient {
  /** Says where the work is done, for the person who waits. */
  readonly where: string;
  /** @returns the job's id. @throws KilnError why the keymap was refused */
  submit(keymap: Uint8Array): Promise<string>;
  /** Has an empty keymap of a keyboard built. @returns the job's id. */
  submitTest(wanted: TestWish): Promise<string>;
  /** Ends after its `end` event. */
  story(id: string): AsyncIterable<StoryEvent>;
  view(id: string): Promise<JobView>;
  /** The build's output. */
  output(id: string): Promise<string>;
  image(id: string): Promise<Uint8Array>;
  cancel(id: string): Promise<void>;
  /** @param say told what it waits for, where that may take a second or more. */
  close(say?: (text: string) => void): Promise<void>;
}
