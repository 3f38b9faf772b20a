/** A build plan: what a full build left behind that lets the next one do only what a new keymap changes. */
import { z } from 'zod';
import { signatureSchema } from './signature.ts';
import { uf2StepSchema } from './uf2-step.ts';

/** Grows with each change of what a plan holds or means; plans of another format are not looked at. */
export const PLAN_FORMAT = 4;

const stepSchema = z.object({
  /** Looked up on the build's PATH, as make did it. */
  program: z.string(),
  /** With `ROOT_MARK` (any-root.ts). */
  args: z.array(z.string()).readonly(),
});
export type PlanStep = z.infer<typeof stepSchema>;

const keptFileSchema = signatureSchema.omit({ path: true, isLink: true }).extend({
  /** Relative to the folder that commands run in. With `ROOT_MARK` (any-root.ts). */
  path: z.string(),
  /** A text in which `ROOT_MARK` stands for the folder of whoever builds. */
  namesRoot: z.literal(true).exactOptional(),
});

export const buildPlanSchema = z.object({
  format: z.literal(PLAN_FORMAT),
  /** Commands in their order, just as the tree's own make ran them. */
  steps: z.array(stepSchema),
  /** What makes the image of what the commands leave, where none of them does. */
  uf2: uf2StepSchema.exactOptional(),
  /** Files that every build writes anew, before the first command. Relative. */
  sources: z.array(z.string()),
  /** What the commands write. Relative. With `ROOT_MARK` (any-root.ts). */
  outputs: z.array(z.string()),
  /** Objects and generated headers that no keymap changes, kept beside the plan. */
  kept: z.array(keptFileSchema),
  /** What of the tree and the tools the commands may read, and all links that lead there: looked at after them. */
  inputs: z.array(signatureSchema),
  /**
   * What else the full build read: the sources of kept objects, makefiles, data. No command reads it any more, so a look while
   * they run is one at the state that the image is of.
   */
  origins: z.array(signatureSchema),
  /** Sources that the tree generated besides, for people to read, by file name. */
  generated: z.record(z.string(), z.string()),
  /** Bytes that the bootloader leaves free, where the tree’s own make checks that. */
  sizeLimit: z.int().nullable(),
});
export type BuildPlan = z.infer<typeof buildPlanSchema>;
