/** Which keyboards have a USB id, by the catalogues of all firmware trees. */
import type { Catalogues } from '../../core/catalogue/contract.ts';
import type { TreeRegistry } from '../../core/trees/contract.ts';
import type { KeyboardLookup, KnownKeyboard } from './recognise.ts';

/** `0x1209` → `1209`; trees spell ids as they like. */
export function plainUsbId(text: string): string {
  return text.toLowerCase().replace(/^0x/, '').padStart(4, '0');
}

/** Another text as soon as a lookup would be another: a tree came or went, or more of one was read. */
export async function revisionOfLookup(
  catalogues: Pick<Catalogues, 'forTree'>,
  trees: Pick<TreeRegistry, 'list'>,
): Promise<string> {
  const revisions: string[] = [];
  for (const { name } of await trees.list()) {
    const revision = await catalogues
      .forTree(name)
      .then((catalogue) => catalogue.status())
      .then((status) => status.revision)
      .catch(() => '');
    revisions.push(`${name} ${revision}`);
  }
  return revisions.join('\n');
}

/** Reads the trees' USB indexes as they are now. A tree that cannot be read has no keyboards. */
export async function readKeyboardLookup(
  catalogues: Pick<Catalogues, 'forTree'>,
  trees: Pick<TreeRegistry, 'list'>,
): Promise<KeyboardLookup> {
  const byId = new Map<string, KnownKeyboard[]>();
  for (const { name: tree } of await trees.list()) {
    const usb = await catalogues
      .forTree(tree)
      .then((catalogue) => catalogue.usb())
      .catch(() => ({}));
    for (const [vid, products] of Object.entries(usb)) {
      for (const [pid, keyboards] of Object.entries(products)) {
        const id = `${plainUsbId(vid)}:${plainUsbId(pid)}`;
        const known = byId.get(id) ?? [];
        byId.set(id, known);
        known.push(...Object.keys(keyboards).map((name) => ({ tree, name })));
      }
    }
  }
  return (vid, pid) => byId.get(`${vid}:${pid}`) ?? [];
}
