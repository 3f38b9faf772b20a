/** The schedule. Times are milliseconds since the epoch. */
import { z } from 'zod';

const time = z.int().nullable();

export const taskStateSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    when: z.string().describe('A cron pattern in local time, `every …`, or `on demand`'),
    setting: z
      .string()
      .nullable()
      .describe('Variable of the setting that turns it on and off; null: always on'),
    nextRunAt: time.describe('Null for a task that runs on demand only'),
    startedAt: time,
    endedAt: time,
    outcome: z.enum(['running', 'done', 'failed']).nullable().describe('Of the last run'),
    message: z.string().nullable().describe('What came of the last run'),
    doneAt: time.describe('End of the last run that went well'),
  })
  .meta({ id: 'TaskState' });

export const scheduleSchema = z
  .object({ tasks: z.array(taskStateSchema) })
  .meta({ id: 'Schedule' });

export const runTaskBody = z.object({
  now: z.boolean().default(false).describe('Does not wait for a quiet hour'),
  wait: z.boolean().default(false).describe('Answers at its end instead of at its start'),
});

export const taskParamsSchema = z.object({ task: z.string() });
