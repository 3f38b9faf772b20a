/** A drawing of keyboard-layout-editor.com: its legends become keycodes where a key of the keyboard lies at the same place. */
import type { LayoutKey } from '../../api/keyboards.ts';
import { boundsOf, centre, keyBox } from '../../drawing/geometry.ts';
import { emptyKey, type Layer, NO_KEY } from '../keymap/document.ts';
import type { KeycodeCatalogue } from '../keymap/keycode-catalogue.ts';
import { type Loss, LossCounter } from './losses.ts';

const NEAR = 0.4;
/** What people write on caps, lower case, for keys that the tree labels otherwise. */
const WRITTEN = new Map(
  Object.entries({
    '': 'KC_SPC',
    space: 'KC_SPC',
    win: 'KC_LGUI',
    os: 'KC_LGUI',
    super: 'KC_LGUI',
    cmd: 'KC_LGUI',
    ctrl: 'KC_LCTL',
    shift: 'KC_LSFT',
    alt: 'KC_LALT',
    altgr: 'KC_RALT',
    fn: 'MO(1)',
    menu: 'KC_APP',
    caps: 'KC_CAPS',
    return: 'KC_ENT',
    del: 'KC_DEL',
    ins: 'KC_INS',
    pgup: 'KC_PGUP',
    pgdn: 'KC_PGDN',
    '↑': 'KC_UP',
    '↓': 'KC_DOWN',
    '←': 'KC_LEFT',
    '→': 'KC_RGHT',
  }),
);
const SHIFTED = '!1@2#3$4%5^6&7*8(9)0_-+={[}]|\\:;"\'<,>.?/~`';

function keycodeOf(legend: string, labels: ReadonlyMap<string, string>): string | null {
  const written = legend.trim().toLowerCase();
  const at = written.length === 1 ? SHIFTED.indexOf(written) : -1;
  const plain = at !== -1 && at % 2 === 0 ? (SHIFTED[at + 1] ?? written) : written;
  return labels.get(plain) ?? WRITTEN.get(plain) ?? null;
}

/** @returns the lowest layer, and the legends that are no keycode or lie where no key is */
export function layerFromLegends(
  drawn: readonly LayoutKey[],
  keys: readonly LayoutKey[],
  { all }: KeycodeCatalogue,
): { readonly layer: Layer; readonly losses: readonly Loss[]; readonly found: number } {
  // The first of two with one label is the more usual one: 1 before the number pad's.
  const labels = new Map([...all].reverse().map(({ label, name }) => [label.toLowerCase(), name]));
  labels.delete('');
  const [from, to] = [boundsOf(drawn), boundsOf(keys)];
  const middles = drawn.map((key) => {
    const { x, y } = centre(keyBox(key));
    return { key, x: x - from.x, y: y - from.y };
  });
  const losses = new LossCounter();
  const used = new Set<LayoutKey>();
  let found = 0;
  const layer = keys.map((key) => {
    const middle = centre(keyBox(key));
    const at = { x: middle.x - to.x, y: middle.y - to.y };
    const match = middles.find(
      ({ x, y }) => Math.abs(x - at.x) < NEAR && Math.abs(y - at.y) < NEAR,
    );
    if (match === undefined) return emptyKey(0);
    used.add(match.key);
    const keycode = keycodeOf(match.key.label ?? '', labels);
    if (keycode === null) {
      losses.addKeycode(match.key.label ?? '');
      return NO_KEY;
    }
    found += 1;
    return keycode;
  });
  losses.add('keys', drawn.filter((key) => !used.has(key)).length);
  return { layer, losses: losses.list(), found };
}
