/** Test builds in Kiln's own words. Times are milliseconds since the epoch. */
import { z } from 'zod';

export const testBuildsQuerySchema = z.object({
  since: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      'Leaves out what was tested before then, and the untested: for who has those already',
    ),
});

export const testBuildsSchema = z
  .object({
    state: z
      .enum(['off', 'building', 'yielding', 'resting'])
      .describe('yielding: people’s jobs come first; resting: all were tested not long ago'),
    tree: z.string().describe('The firmware tree that this is about'),
    keyboard: z.string().nullable().describe('What is built now'),
    yielded: z.int().describe('Builds that were given up for people’s jobs since the start'),
    counts: z.object({
      failing: z.int(),
      warning: z.int(),
      passing: z.int(),
      untested: z.int(),
    }),
    keyboards: z
      .array(
        z.object({
          keyboard: z.string(),
          verdict: z.enum(['failing', 'warning', 'passing']),
          testedAt: z.int(),
          version: z
            .string()
            .nullable()
            .describe('What was built, as git describes the tree; null where nothing could be'),
        }),
      )
      .describe('By name'),
    untested: z.array(z.string()).describe('Keyboards of which nothing is known yet, by name'),
  })
  .meta({ id: 'TestBuilds' });
export type TestBuildsView = z.infer<typeof testBuildsSchema>;
