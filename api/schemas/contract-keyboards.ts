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
      .describe('By the name that was asked for: what `qmk info -f json` prints'),
  })
  .meta({ id: 'KeyboardInfos' });

const aliases = z
  .record(
    z.string(),
    z.object({
      target: z.string().optional().describe('May be an old name itself'),
      layouts: z.record(z.string(), z.string()).optional().describe('Old layout name to new one'),
    }),
  )
  .describe('By old name');

const usb = z
  .record(
    z.string(),
    z.record(
      z.string(),
      z.record(
        z.string(),
        z.looseObject({
          vid: z.string().optional(),
          pid: z.string().optional(),
          device_version: z.string().optional(),
        }),
      ),
    ),
  )
  .describe('Vendor id to product id to keyboard; ids as the keyboard spells them');

export const keyboardAliasesSchema = z
  .object({ last_updated: lastUpdated, keyboard_aliases: aliases })
  .meta({ id: 'KeyboardAliases' });

export const usbSchema = z.object({ last_updated: lastUpdated, usb }).meta({ id: 'UsbIds' });

export const keyboardMetadataSchema = z
  .object({
    last_updated: lastUpdated,
    keyboards: z.array(z.string()),
    keyboard_aliases: aliases,
    usb,
  })
  .meta({ id: 'KeyboardMetadata' });

export const constantsMetadataSchema = z
  .object({
    last_updated: lastUpdated,
    constants: z.record(z.string(), z.array(z.string())).describe('Versions by name'),
  })
  .meta({ id: 'ConstantsMetadata' });

export const keyboardPathSchema = z.object({
  '*': z
    .string()
    .describe(
      '`<keyboard>` or up to 50 of them with commas, `<keyboard>/info.json`, `<keyboard>/readme` or ' +
        '`…/readme.md`, `<keyboard>/keymaps/<keymap>` or `…/keymap.json`, `<keyboard>/build_log`',
    ),
});

export const documentPathSchema = z.object({ '*': z.string().describe('Path of a document') });
