/** Kiln's own view of what is known about keyboards. */
import { z } from 'zod';

export const indexStatusSchema = z
  .object({
    state: z
      .enum(['listed', 'indexing', 'complete', 'stopped'])
      .describe('Listed: names are known, reading has not begun; stopped: message says why'),
    total: z.int(),
    done: z.int().describe('Keyboards whose entry is up to date, broken ones included'),
    broken: z.int(),
    rate: z.number().nullable().describe('Keyboards a second, while indexing'),
    remainingSeconds: z.number().nullable(),
    message: z.string().nullable(),
    revision: z.string().describe('Changes with every entry'),
    changedAt: z.int().describe('Milliseconds since the epoch'),
  })
  .meta({ id: 'IndexStatus' });

export const catalogueSchema = z
  .object({
    tree: z.string(),
    status: indexStatusSchema,
    broken: z
      .array(
        z.object({
          name: z.string(),
          message: z.string(),
          readAt: z.int().describe('Milliseconds since the epoch'),
        }),
      )
      .describe('Keyboards that cannot be read: no list of the contract has them'),
  })
  .meta({ id: 'Catalogue' });

const known = z.string().nullable().describe('Null until the keyboard was read');

export const keyboardSearchSchema = z
  .object({
    keyboards: z
      .array(
        z.object({
          tree: z.string(),
          name: z.string(),
          title: known,
          maker: known,
          processor: known,
          bootloader: known,
          vid: known,
          pid: known,
          error: z.string().nullable().describe('Why it cannot be read; null when it can'),
        }),
      )
      .describe('Better matches first; by name without a text'),
  })
  .meta({ id: 'KeyboardSearch' });

export const keyboardSearchQuerySchema = z.object({
  q: z
    .string()
    .max(200)
    .default('')
    .describe('Words, each of which has to be found: names, makers, processors, USB ids'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
