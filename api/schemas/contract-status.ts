/** Bodies of `/v1`, `/v1/healthcheck` and the skeletons. */
import { z } from 'zod';

const ping = z.number().nullable().describe('Seconds since the epoch; null before the first');
const pingStatus = z.enum(['good', 'degraded']).describe('Degraded: never, or more than 300 s ago');

export const healthcheckSchema = z
  .object({
    status: z
      .enum(['running', 'degraded'])
      .describe('Running: a worker lives, and no heartbeat is older than 300 s'),
    version: z.string(),
    queue_length: z.int().describe('Waiting jobs, not the running ones'),
    last_ping: ping,
    status_last_ping: pingStatus,
    tasks_ping: ping,
    status_tasks_ping: pingStatus,
  })
  .meta({ id: 'Healthcheck' });
export type Healthcheck = z.infer<typeof healthcheckSchema>;

export const statusSchema = healthcheckSchema
  .extend({ children: z.array(z.string()) })
  .meta({ id: 'Status' });

export const childrenSchema = z.object({ children: z.array(z.string()) }).meta({ id: 'Children' });

export const keymapSkeletonSchema = z
  .object({
    version: z.int(),
    notes: z.string(),
    keyboard: z.null(),
    keymap: z.null(),
    layout: z.null(),
    layers: z.array(z.array(z.string())),
    documentation: z.string(),
  })
  .meta({ id: 'KeymapSkeleton' });
