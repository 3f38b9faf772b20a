/** What `/kiln/v1/check` and `/kiln/v1/prewarm` take besides a keymap. */
import { z } from 'zod';

export const checkHeadersSchema = z.object({
  'x-kiln-client': z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional()
    .describe(
      'Whose checks replace each other, where several are at one address: a window’s own word',
    ),
});

export const prewarmedSchema = z.object({ accepted: z.literal(true) }).meta({ id: 'Prewarmed' });
