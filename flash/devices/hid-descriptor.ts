/** Reads of a HID report descriptor (USB HID 1.11, 6.2.2) what tells interfaces apart: its top-level usages. */

export interface HidUsage {
  readonly usagePage: number;
  readonly usage: number;
}

const LONG_ITEM = 0xfe;
const USAGE_PAGE = 0x04;
const USAGE = 0x08;
const COLLECTION = 0xa0;
const END_COLLECTION = 0xc0;

/** @returns the usage of each application collection; nothing for a descriptor that is cut or is none. */
export function topLevelUsages(descriptor: Uint8Array): readonly HidUsage[] {
  const usages: HidUsage[] = [];
  let depth = 0;
  let usagePage = 0;
  let usage: number | null = null;
  for (let at = 0; at < descriptor.length; ) {
    const prefix = descriptor[at] ?? 0;
    if (prefix === LONG_ITEM) {
      at += 3 + (descriptor[at + 1] ?? 0);
      continue;
    }
    const size = [0, 1, 2, 4][prefix & 3] ?? 0;
    if (at + 1 + size > descriptor.length) break;
    let value = 0;
    for (let byte = size; byte > 0; byte -= 1) value = value * 256 + (descriptor[at + byte] ?? 0);
    const tag = prefix & 0xfc;
    if (tag === USAGE_PAGE) usagePage = value;
    // A usage of four bytes brings its page with it.
    else if (tag === USAGE && usage === null) usage = value;
    else if (tag === COLLECTION) {
      if (depth === 0 && usage !== null) {
        usages.push({
          usagePage: usage > 0xffff ? Math.floor(usage / 0x1_0000) : usagePage,
          usage: usage & 0xffff,
        });
      }
      depth += 1;
      usage = null;
    } else if (tag === END_COLLECTION) depth -= 1;
    else if ((prefix & 0x0c) === 0) usage = null;
    at += 1 + size;
  }
  return usages;
}
