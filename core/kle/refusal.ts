/** How the converter says no. */
import { KilnError } from '../errors.ts';

/** Bytes of raw data. The largest published layouts have some 20 KiB. */
export const KLE_BYTES = 256 * 1024;

const REMEDY =
  'Copy all of the «Raw data» tab of keyboard-layout-editor.com, or send the JSON file that it downloads.';

/**
 * Ends the conversion: 400 with where it is.
 * @param where counted from 1, as the site's own messages do.
 * @throws KilnError `request.invalid`, always
 */
export function refuseLayout(
  sentence: string,
  where: { readonly row?: number; readonly item?: number; readonly character?: number } = {},
): never {
  throw new KilnError('request.invalid', sentence, { remedy: REMEDY, details: { ...where } });
}
