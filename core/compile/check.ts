/**
 * A check: would this keymap build, and how large would it be? The same build as a job's, of which nothing is kept
 * but the answer, so that it can follow every key that a person changes.
 */
import { z } from 'zod';
import { buildWaySchema, type CompilePayload, compileErrorSchema } from './job.ts';

export const checkAnswerSchema = z.object({
  ok: z.boolean().describe('Whether there would be an image'),
  size: z.int().nullable().describe('Bytes of flash that the image takes; null without one'),
  limit: z
    .int()
    .nullable()
    .describe('Bytes that the bootloader leaves free for it; null where that is not known'),
  path: buildWaySchema.shape.path,
  errors: z.array(compileErrorSchema).describe('What is wrong, the first cause first'),
  durationMs: z.number().describe('Milliseconds that the build took, without waiting'),
});
export type CheckAnswer = z.infer<typeof checkAnswerSchema>;

export interface Checks {
  /**
   * Builds at once, before queued jobs. A newer check of the same client ends the older one.
   * @param client whose checks replace each other.
   * @param signal aborted when nobody waits for the answer any more.
   * @throws KilnError `check.superseded`, `check.unavailable`, and what a build throws
   */
  check(payload: CompilePayload, client: string, signal: AbortSignal): Promise<CheckAnswer>;
  /**
   * Has what later builds of that keyboard reuse made, while nothing else is to be done and at the lowest priority. The
   * newest wish replaces one that still waits.
   */
  prewarm(payload: CompilePayload): void;
}
