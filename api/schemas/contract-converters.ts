/** Bodies of `/v1/converters…`. */
import { z } from 'zod';

/** What a request may hold, for the document only. */
const layoutSourceSchema = z.object({
  raw: z
    .union([z.string(), z.array(z.unknown())])
    .describe('Raw data of keyboard-layout-editor.com as text, or its rows'),
});

/** The body as it came: the strict reader of keymaps reads it. */
export const layoutBodySchema = z
  .custom<Uint8Array>((value) => value instanceof Uint8Array)
  .meta({
    ...z.toJSONSchema(layoutSourceSchema),
    description: 'A layout of keyboard-layout-editor.com',
  });

const length = z.number().optional().describe('1 when absent');

export const infoSkeletonSchema = z
  .object({
    keyboard_name: z.string(),
    url: z.string(),
    maintainer: z.string(),
    layouts: z.object({
      LAYOUT: z.object({
        layout: z.array(
          z.object({
            label: z.string().optional(),
            x: z.number(),
            y: z.number(),
            w: length,
            h: length,
            r: z.number().optional().describe('Degrees, clockwise around rx, ry'),
            rx: z.number().optional(),
            ry: z.number().optional(),
          }),
        ),
      }),
    }),
  })
  .meta({ id: 'InfoSkeleton' });
