/** Bodies of `/v1/compile…`, as clients of the hosted QMK API know them. */
import { z } from 'zod';

/** What a keymap file may hold, for the document only. */
const keymapFileSchema = z.looseObject({
  keyboard: z.string().describe('A name of /v1/keyboards, or an alias'),
  keymap: z.string().describe('Letters, digits, _ and -; becomes part of file names'),
  layout: z.string().describe('A layout of the keyboard, or an alias'),
  layers: z.array(z.array(z.string())).describe('A keycode a key, in the order of the layout'),
  encoders: z.array(z.array(z.object({ ccw: z.string(), cw: z.string() }))).optional(),
  macros: z.array(z.array(z.unknown())).optional(),
  host_language: z.string().optional(),
  config: z.looseObject({}).optional(),
  modules: z.array(z.string()).optional(),
  converter: z.string().optional(),
  branch: z.string().optional().describe('Name of the firmware tree; the default one without it'),
});

/**
 * The body as it came. Admission reads it, with stricter rules for JSON than a parser that is used to be
 * friendly, so that no two readers can see two different keymaps.
 */
export const compileBodySchema = z
  .custom<Uint8Array>((value) => value instanceof Uint8Array)
  .meta({
    ...z.toJSONSchema(keymapFileSchema),
    description: 'A keymap as QMK Configurator exports it',
  });

export const enqueuedSchema = z
  .object({
    enqueued: z.literal(true),
    job_id: z.string().describe('To be used verbatim in later addresses'),
  })
  .meta({ id: 'Enqueued' });

/** Of arrays of addresses clients take the first element; an absent array means «no such file». */
const links = z.array(z.url()).optional();

export const contractResultSchema = z
  .object({
    returncode: z.int().describe('0 with firmware; otherwise the exit code, or -3 without a build'),
    output: z.string().describe('The build’s log; why there is none, when the job itself died'),
    id: z.string(),
    keyboard: z.string(),
    layout: z.string(),
    keymap: z.string(),
    command: z.array(z.string()),
    cmd: z.array(z.string()).optional().describe('The same as command, after a compile error'),
    firmware: z.null(),
    firmware_filename: z.string().describe('Empty without firmware'),
    firmware_binary_url: links.describe('Absent without firmware: a client offers what it finds'),
    firmware_source_url: links,
    firmware_keymap_url: links,
    keymap_archive: z.string().describe('File name of the keymap'),
    source_archive: z.string().describe('File name of the source'),
    keymap_json: z.string(),
    public_firmware: z.literal(false),
  })
  .meta({ id: 'CompileResult' });
export type ContractResult = z.infer<typeof contractResultSchema>;

const date = z.string().describe('RFC 1123, in GMT');

export const contractJobSchema = z
  .object({
    id: z.string(),
    status: z
      .enum(['queued', 'running', 'finished', 'failed'])
      .describe('«finished» includes compile errors; «failed» is a job that ended without a build'),
    is_failed: z.boolean().nullable().describe('Null while there is no result'),
    created_at: date,
    enqueued_at: date,
    result: contractResultSchema.nullable(),
  })
  .meta({ id: 'CompileJob' });
export type ContractJob = z.infer<typeof contractJobSchema>;

/** A job's id in an address. Its form is checked by the handler: a malformed one is an unknown one. */
export const jobParamsSchema = z.object({
  id: z.string().describe('A job id: 32 hexadecimal digits'),
});
