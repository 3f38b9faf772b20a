/** The `compile` kind of job: what goes in, what comes out. Both are stored as JSON in the job's row. */
import { z } from 'zod';

export const COMPILE = 'compile';

/** A keymap that passed admission, serialised anew, and where it is to be built. */
export const compilePayloadSchema = z.object({
  tree: z.string().describe('Name of the firmware tree'),
  keyboard: z.string().describe('Resolved keyboard name, as the tree builds it'),
  keymap: z.string(),
  layout: z.string().describe('Layout macro, aliases resolved'),
  /** QMK's `platform` of the processor that is built for (`avr`, `chibios`, …): which compiler it takes. */
  platform: z.string().nullable(),
  /** Which half of a split keyboard the firmware makes itself; for those that keep it in their settings. */
  hand: z.enum(['left', 'right']).optional(),
  /** The only text of the client that reaches a build: QMK's keymap.json, made from checked members. */
  keymapJson: z.string(),
});
export type CompilePayload = z.infer<typeof compilePayloadSchema>;

export const firmwareSizeSchema = z.object({
  used: z.number().int().describe('Bytes of flash that the image takes'),
  limit: z
    .number()
    .int()
    .nullable()
    .describe('Bytes that the bootloader leaves free for it, where known'),
});
export type FirmwareSize = z.infer<typeof firmwareSizeSchema>;

/** An error of a build, and the key that caused it where that can be told. */
export const compileErrorSchema = z.object({
  message: z.string().describe('A sentence; the tool’s own words where there are no better ones'),
  file: z.string().optional(),
  line: z.number().int().optional(),
  layer: z.number().int().optional().describe('0-based'),
  index: z.number().int().optional().describe('0-based position in the layer'),
  keycode: z.string().optional(),
});
export type CompileError = z.infer<typeof compileErrorSchema>;

/** Which of the ways to an image was taken: all give the same bytes. */
export const buildWaySchema = z.object({
  path: z
    .enum(['full', 'plan', 'stored'])
    .describe(
      'full: the tree’s own make built everything; plan: only what a new keymap changes was built; stored: an earlier build of the same keymap had the image',
    ),
  reason: z.string().describe('Why that way, in a sentence'),
});
export type BuildWay = z.infer<typeof buildWaySchema>;

export const compileResultSchema = z.object({
  /** 0 with an image; the tool’s exit code otherwise. */
  returncode: z.number().int(),
  /** Merged output of the build, ANSI sequences and machine paths removed, at most 256 KiB. */
  output: z.string(),
  /** The build’s own command, to show and to repeat. */
  command: z.array(z.string()),
  firmwareFilename: z.string().nullable(),
  firmwareSha256: z.string().nullable(),
  size: firmwareSizeSchema.nullable(),
  errors: z.array(compileErrorSchema),
  tree: z.object({
    name: z.string(),
    commit: z.string().nullable(),
    describe: z.string(),
    dirty: z.boolean(),
  }),
  /** Tool name to version line. */
  toolchain: z.record(z.string(), z.string()),
  /** Absent in results of earlier releases. */
  way: buildWaySchema.optional(),
  durationMs: z.number(),
});
export type CompileResult = z.infer<typeof compileResultSchema>;

/** Names of a compile job’s artifacts besides the image, which keeps its own file name. */
export const ARTIFACTS = {
  keymap: 'keymap.json',
  /** As the tree's own generator writes it; absent where the build did not come so far. */
  keymapSource: 'keymap.c',
  source: 'source.zip',
  log: 'build.log',
} as const;

/** `planck/rev6` + `mine` → `planck_rev6_mine`, the base of the image’s file name. */
export function imageBaseName(keyboard: string, keymap: string): string {
  return `${keyboard.replaceAll('/', '_')}_${keymap}`;
}
