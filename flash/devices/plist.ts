/** Apple's property lists in XML, as far as its command line tools print them (Apple's PropertyList-1.0.dtd). Pure. */

export type PlistValue =
  | string
  | number
  | boolean
  | readonly PlistValue[]
  | { readonly [key: string]: PlistValue };

const TOKEN = /<(\/?)(\w+)[^>]*?(\/?)>|([^<]+)/g;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};
/** A registry of devices is some twenty deep. */
const DEEPEST = 200;

interface Open {
  readonly name: string;
  text: string;
  key: string | null;
  readonly entries: [string, PlistValue][];
  readonly items: PlistValue[];
}

const plain = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|(\w{1,4}));/g, (whole, code?: string, name?: string) =>
    code === undefined ? (ENTITIES[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
  );

/** @returns undefined for what is no value: a key, or the list itself. */
function finished({ name, text, entries, items }: Open): PlistValue | undefined {
  switch (name) {
    case 'dict':
      return Object.fromEntries(entries);
    case 'array':
      return items;
    case 'integer':
    case 'real':
      return Number(text);
    case 'true':
      return true;
    case 'false':
      return false;
    case 'string':
    case 'data':
    case 'date':
      return plain(text);
    default:
      return undefined;
  }
}

/** @returns null for text that is no property list, or a broken one. */
export function parsePlist(xml: string): PlistValue | null {
  const start = xml.indexOf('<plist');
  const stack: Open[] = [];
  let root: PlistValue | null = null;
  const close = (): boolean => {
    const done = stack.pop();
    if (done === undefined) return false;
    const parent = stack.at(-1);
    const value = finished(done);
    if (done.name === 'key') {
      if (parent !== undefined) parent.key = plain(done.text);
    } else if (value !== undefined) {
      if (parent?.name === 'dict') parent.entries.push([parent.key ?? '', value]);
      else if (parent?.name === 'array') parent.items.push(value);
      else root = value;
    }
    return true;
  };
  for (const [, slash, name, isEmpty, text] of start < 0 ? [] : xml.slice(start).matchAll(TOKEN)) {
    const top = stack.at(-1);
    if (text !== undefined) {
      if (top !== undefined) top.text += text;
    } else if (slash === '/') {
      if (top?.name !== name || !close()) return null;
    } else {
      stack.push({ name: name ?? '', text: '', key: null, entries: [], items: [] });
      if (stack.length > DEEPEST) return null;
      if (isEmpty === '/') close();
    }
  }
  return stack.length === 0 ? root : null;
}
