/** The queue as operators see it. Times are milliseconds since the epoch. */
import { z } from 'zod';
import { jobViewSchema } from './kiln-jobs.ts';

const time = z.int().describe('Milliseconds since the epoch');
const client = z.string().nullable().describe('The sender’s network address, where known');

export const operatorJobSchema = jobViewSchema
  .extend({
    client,
    requestId: z
      .string()
      .nullable()
      .describe(
        'Of the request that brought it, as log lines name it; null for jobs that came in otherwise',
      ),
    front: z.boolean().describe('Goes before everything that was not put in front as well'),
    workerId: z.string().nullable(),
    timeLimitMs: z.int(),
  })
  .meta({ id: 'OperatorJob' });
export type OperatorJob = z.infer<typeof operatorJobSchema>;

export const queueViewSchema = z
  .object({
    at: time.describe('When this was true'),
    queued: z.int(),
    running: z.int(),
    workers: z.array(
      z.object({
        id: z.string(),
        alive: z.boolean(),
        lastHeartbeatAt: time.nullable(),
        jobId: z.string().nullable().describe('The job in hand; null for one that waits for work'),
      }),
    ),
    jobs: z.array(operatorJobSchema).describe('Running ones, then waiting ones in their order'),
  })
  .meta({ id: 'QueueView' });
export type QueueView = z.infer<typeof queueViewSchema>;

export const clientSharesSchema = z
  .object({
    clients: z
      .array(z.object({ client, waiting: z.int(), running: z.int(), oldestAt: time }))
      .describe('The one with the most jobs first'),
  })
  .meta({ id: 'ClientShares' });

export const flushBody = z.object({
  running: z.boolean().default(false).describe('Ends running jobs as well'),
});

export const flushedSchema = z
  .object({
    canceled: z.int().describe('Jobs that waited'),
    stopping: z.int().describe('Jobs that ran and were asked to end'),
  })
  .meta({ id: 'Flushed' });

export const testKeyboardBody = z.object({
  keyboard: z.string().min(1).max(255),
  layout: z.string().min(1).max(255).optional().describe('The usual one when absent'),
  tree: z.string().min(1).max(64).optional().describe('The default firmware tree when absent'),
});

export const pongSchema = z
  .object({
    databaseMs: z.number().describe('How long a question to the database took'),
    workers: z.array(
      z.object({
        id: z.string(),
        ms: z.number().nullable().describe('Until it answered; null: not within five seconds'),
        jobId: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Pong' });
export type Pong = z.infer<typeof pongSchema>;
