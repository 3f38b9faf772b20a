/** Bodies of the keyboard data, as the hosted API and its static files know them. */
import { z } from 'zod';

const lastUpdated = z.string().describe('YYYY-MM-DD HH:MM:SS GMT');

export const keyboardNamesSchema = z.array(z.string()).meta({ id: 'KeyboardNames' });

export const keyboardListSchema = z
  .object({ last_updated: lastUpdated, keyboards: z.array(z.string()) })
  .meta({ id: 'KeyboardList' });

export const keyboardInfosSchema = z
  .object({
    last_updated: lastUpdated,
    keyboards: z
      .record(
        z.string(),
        z.looseObject({ keyboard_folder: z.string(), layouts: z.looseObject({}) }),
      )
      .describe('One entry, by the name that was asked for: what `qmk info -f json` prints'),
  })
  .meta({ id: 'KeyboardInfos' });

export const keyboardPathSchema = z.object({
  '*': z
    .string()
    .describe(
      '`<keyboard>`, `<keyboard>/info.json`, `<keyboard>/readme` or `<keyboard>/readme.md`',
    ),
});
