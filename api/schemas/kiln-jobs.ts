/** Kiln's own view of jobs. Times are milliseconds since the epoch. */
import { z } from 'zod';
import { buildWaySchema, compileErrorSchema, firmwareSizeSchema } from '../../core/compile/job.ts';
import { errorReportSchema } from './errors.ts';

const time = z.int().describe('Milliseconds since the epoch');

export const jobStateSchema = z.enum(['queued', 'running', 'finished', 'failed', 'canceled']);

export const progressSchema = z
  .object({
    stage: z.string(),
    fraction: z.number().min(0).max(1).optional().describe('Absent where no end is known'),
  })
  .meta({ id: 'Progress' });

const resultSummarySchema = z
  .object({
    returncode: z.int(),
    firmwareFilename: z.string().nullable().describe('Null after a compile error'),
    firmwareSha256: z.string().nullable(),
    size: firmwareSizeSchema.nullable(),
    errors: z.array(compileErrorSchema).describe('In the order in which the tools printed them'),
    tree: z.object({
      name: z.string(),
      commit: z.string().nullable(),
      describe: z.string(),
      dirty: z.boolean(),
    }),
    toolchain: z.record(z.string(), z.string()).describe('Tool name to version line'),
    way: buildWaySchema.optional().describe('Absent in results of earlier releases'),
    durationMs: z.number(),
  })
  .meta({ id: 'BuildSummary' });

export const jobViewSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    state: jobStateSchema,
    /** What is built; null for work that is no compile. */
    build: z
      .object({
        tree: z.string(),
        keyboard: z.string(),
        keymap: z.string(),
        layout: z.string(),
        hand: z
          .enum(['left', 'right'])
          .optional()
          .describe('Which half of a split keyboard the firmware makes itself'),
      })
      .nullable(),
    position: z.int().nullable().describe('Jobs that will be built before this one, while queued'),
    progress: progressSchema.nullable(),
    cancelRequested: z.boolean(),
    pinned: z.boolean().describe('Kept, whatever its age'),
    tries: z.int().describe('How often a worker took the job'),
    createdAt: time,
    enqueuedAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    result: resultSummarySchema.nullable().describe('Once finished, with or without an image'),
    imageMissing: z
      .boolean()
      .optional()
      .describe(
        'True when the job left an image and it is gone from the disk; asked for single jobs',
      ),
    error: errorReportSchema.nullable().describe('Once failed or canceled'),
  })
  .meta({ id: 'Job' });
export type JobView = z.infer<typeof jobViewSchema>;

export const jobListSchema = z
  .object({
    jobs: z.array(jobViewSchema).describe('Running ones, then waiting ones in their order'),
  })
  .meta({ id: 'JobList' });

export const jobListQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** How a build came out; `errors` is a keymap that did not compile. */
const outcomeSchema = z.enum(['built', 'errors', 'failed', 'canceled', 'open']);
export type BuildOutcome = z.infer<typeof outcomeSchema>;

export const buildHistoryQuerySchema = z.object({
  q: z.string().max(200).default('').describe('Words of keyboard, keymap and firmware tree'),
  outcome: outcomeSchema.optional().describe('`open`: waits or runs'),
  pinned: z.literal('true').optional(),
  before: z.string().max(64).optional().describe('The id that the page before ended with'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const buildHistorySchema = z
  .object({
    builds: z.array(jobViewSchema).describe('The newest first'),
    next: z.string().nullable().describe('`before` of the next page; null at the end'),
  })
  .meta({ id: 'BuildHistory' });
