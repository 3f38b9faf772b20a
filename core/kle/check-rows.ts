/** From any values to rows that hold nothing but what a layout is made of. */
import { refuseLayout } from './refusal.ts';

/** Keys in a layout, decals and ghosts included. The largest keyboards of QMK have some 170. */
export const KLE_KEYS = 512;

/** Key units, or degrees: more than any keyboard, and far from where numbers lose their digits. */
const LARGEST = 1000;

/** What stands before a key and changes where it lies, how it is turned, how its legends are read, or what it is. */
export interface KeyChange {
  readonly [name: string]: number | boolean;
}

/** A legend, with a line for each place on the cap, or what changes from the next key on. */
export type RowItem = string | KeyChange;

export interface PlainLayout {
  readonly name: string;
  readonly rows: readonly (readonly RowItem[])[];
}

const NUMBERS = ['x', 'y', 'w', 'h', 'x2', 'y2', 'w2', 'h2', 'r', 'rx', 'ry'] as const;
const SIZES = new Set<string>(['w', 'h', 'w2', 'h2']);
/** Decal (drawn only) and ghost (shown faintly, no key). */
const FLAGS = ['d', 'g'] as const;

/** @throws KilnError `request.invalid` */
export function checkRows(values: readonly unknown[]): PlainLayout {
  const [first] = values;
  const described = isObject(first);
  const rows = described ? values.slice(1) : values;
  const counter = { keys: 0 };
  const rotation = createRotation();
  const plain = rows.map((row, index) => {
    const number = index + (described ? 2 : 1);
    if (!Array.isArray(row)) {
      refuseLayout(`Row ${number} is no list of keys.`, { row: number });
    }
    return rotation.settle(checkRow(row, number, counter));
  });
  return { name: described ? nameOf(first) : '', rows: plain };
}

function checkRow(row: readonly unknown[], number: number, counter: { keys: number }): RowItem[] {
  return row.map((item, index) => {
    const where = { row: number, item: index + 1 };
    if (typeof item === 'string') {
      counter.keys += 1;
      if (counter.keys > KLE_KEYS) {
        refuseLayout(`The layout has more than ${KLE_KEYS} keys.`, where);
      }
      return item;
    }
    if (!isObject(item)) {
      refuseLayout(`Row ${number}, item ${index + 1} is neither a key nor a change.`, where);
    }
    return checkChange(item, where);
  });
}

function checkChange(
  item: Readonly<Record<string, unknown>>,
  where: { readonly row: number; readonly item: number },
): KeyChange {
  const change: Record<string, number | boolean> = {};
  const refuse = (name: string, what: string): never =>
    refuseLayout(`Row ${where.row}, item ${where.item}: ${name} ${what}.`, where);
  for (const name of NUMBERS) {
    if (!Object.hasOwn(item, name) || item[name] === null) continue;
    const value = item[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) return refuse(name, 'is no number');
    if (Math.abs(value) > LARGEST) return refuse(name, `is beyond ${LARGEST}`);
    if (SIZES.has(name) && value < 0) return refuse(name, 'is below 0');
    const turns = name === 'r' || name === 'rx' || name === 'ry';
    if (turns && where.item !== 1) {
      return refuse(name, 'stands behind a key; rotation begins with a row');
    }
    change[name] = value;
  }
  if (Object.hasOwn(item, 'a') && item.a !== null) {
    const { a } = item;
    if (typeof a !== 'number' || !Number.isInteger(a) || a < 0 || a > 7) {
      return refuse('a', 'is no alignment from 0 to 7');
    }
    change.a = a;
  }
  for (const name of FLAGS) {
    if (Object.hasOwn(item, name)) change[name] = Boolean(item[name]);
  }
  return change;
}

/**
 * A new centre of rotation is also where the next key goes. kle-serial knows the centre only, and goes on where it
 * was: this adds the way between the two to the change's own `x` and `y`.
 */
function createRotation() {
  let centreX = 0;
  let centreY = 0;
  /** Where kle-serial is at the beginning of a row; its x is the centre's. */
  let y = 0;
  return {
    settle(row: readonly RowItem[]): RowItem[] {
      const settled = row.map((item, index) => {
        if (typeof item === 'string') return item;
        if (index > 0 || (item.rx === undefined && item.ry === undefined)) return item;
        const way = { x: -centreX, y: -y };
        centreX = Number(item.rx ?? centreX);
        centreY = Number(item.ry ?? centreY);
        way.x += centreX;
        way.y += centreY;
        return { ...item, x: Number(item.x ?? 0) + way.x, y: Number(item.y ?? 0) + way.y };
      });
      for (const item of settled) if (typeof item !== 'string') y += Number(item.y ?? 0);
      y += 1;
      return settled;
    },
  };
}

function nameOf(properties: Readonly<Record<string, unknown>>): string {
  const name = Object.hasOwn(properties, 'name') ? properties.name : '';
  return typeof name === 'string' ? name : '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
