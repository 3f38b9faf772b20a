/** `usb.json` from the USB ids of keyboards. */
import type { KeyboardUsb, UsbIndex } from './contract.ts';

/**
 * As `qmk generate-api` makes it: a keyboard without a product id leaves its vendor's empty entry.
 * @param rows keyboards by name, with their ids as JSON.
 */
export function usbIndex(
  rows: readonly { readonly name: string; readonly usb: string }[],
): UsbIndex {
  const usb: Record<string, Record<string, Record<string, KeyboardUsb>>> = {};
  for (const { name, usb: text } of rows) {
    const ids = JSON.parse(text) as KeyboardUsb;
    if (ids.vid === undefined) continue;
    const products = usb[ids.vid] ?? {};
    usb[ids.vid] = products;
    if (ids.pid === undefined) continue;
    const keyboards = products[ids.pid] ?? {};
    products[ids.pid] = keyboards;
    keyboards[name] = ids;
  }
  return usb;
}
