/** Kiln's own view of the service and its firmware trees. */
import { z } from 'zod';
import { indexStatusSchema } from './kiln-catalogue.ts';

export const serviceHealthSchema = z
  .object({
    status: z.enum(['running', 'degraded']),
    version: z.string(),
    workers: z.object({ alive: z.int(), total: z.int() }),
    queue: z.object({ queued: z.int(), running: z.int() }),
    sandbox: z
      .enum(['full', 'reduced', 'none'])
      .optional()
      .describe('How builds are contained; see docs/security.md'),
    sandboxProblem: z
      .object({
        message: z.string().describe('Why builds are not contained fully'),
        remedy: z.string().nullable().describe('How to get there; null where nothing can be done'),
      })
      .optional()
      .describe('Where the level is not full'),
    instance: z
      .string()
      .optional()
      .describe('Random, new at each start; service.json of its data folder has the same'),
    unpacking: z
      .number()
      .optional()
      .describe(
        'At the first start of a package: how much of its toolchain is unpacked, 0 to 1; builds wait until it is gone',
      ),
    command: z
      .string()
      .describe('How its command line is called on this machine: `kiln`, `npx kiln`, or a path'),
    lan: z
      .enum(['off', 'plain', 'tls'])
      .describe(
        'Whether other machines reach the service, and whether what they send is encrypted',
      ),
  })
  .meta({ id: 'ServiceHealth' });

export const treesSchema = z
  .object({
    trees: z
      .array(
        z.object({
          name: z.string(),
          kind: z.enum(['starter', 'bundled', 'folder', 'git']),
          origin: z.string().nullable(),
          ref: z.string().nullable(),
          path: z.string(),
          commit: z.string().nullable(),
          previousCommit: z.string().nullable(),
          toolchain: z
            .string()
            .nullable()
            .describe('Folder of tools that go before the usual ones in its builds'),
          isDefault: z.boolean(),
          addedAt: z.int().describe('Milliseconds since the epoch'),
          catalogue: indexStatusSchema,
        }),
      )
      .describe('The default tree first, then by name'),
  })
  .meta({ id: 'Trees' });
