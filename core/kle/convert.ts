/** A layout of keyboard-layout-editor.com as the beginning of a keyboard's `info.json`. */
import { type Key, Serial } from '@ijprest/kle-serial';
import { checkRows, type PlainLayout } from './check-rows.ts';
import { readRawText } from './raw-text.ts';
import { refuseLayout } from './refusal.ts';

/** A key in key units. `rx` and `ry` are the point that it is turned around, clockwise by `r` degrees. */
export interface ConvertedKey {
  readonly label?: string;
  readonly x: number;
  readonly y: number;
  readonly w?: number;
  readonly h?: number;
  readonly r?: number;
  readonly rx?: number;
  readonly ry?: number;
}

/** What QMK's own `kle2json` writes. */
export interface InfoSkeleton {
  readonly keyboard_name: string;
  readonly url: string;
  readonly maintainer: string;
  readonly layouts: { readonly LAYOUT: { readonly layout: readonly ConvertedKey[] } };
}

/**
 * Keys in the order of the layout, decals and ghosts left out, moved so that none lies above or left of the origin.
 * @param raw the site's raw data as text, or its rows.
 * @throws KilnError `request.invalid` with where it is, `request.too-large`
 */
export function convertKle(raw: string | readonly unknown[]): InfoSkeleton {
  const layout = checkRows(typeof raw === 'string' ? readRawText(raw) : raw);
  const keys = keysOf(layout).filter(({ decal, ghost }) => !decal && !ghost);
  if (keys.length === 0) refuseLayout('The layout has no keys.');
  const origin = originOf(keys);
  return {
    keyboard_name: printable(layout.name),
    url: '',
    maintainer: 'qmk',
    layouts: { LAYOUT: { layout: keys.map((key) => convertKey(key, origin)) } },
  };
}

function keysOf({ rows }: PlainLayout): readonly Key[] {
  return Serial.deserialize([...rows]).keys;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function convertKey(key: Key, origin: Point): ConvertedKey {
  // With holes: most caps have a legend in one place of twelve.
  const legends = Array.from(key.labels, (legend?: string) => printable(legend ?? ''));
  const label = legends.find((text) => text !== '');
  const { width, height, rotation_x, rotation_y } = key;
  return {
    ...(label === undefined ? {} : { label }),
    x: tidy(key.x - origin.x),
    y: tidy(key.y - origin.y),
    ...(width === 1 ? {} : { w: tidy(width) }),
    ...(height === 1 ? {} : { h: tidy(height) }),
    ...(isTurned(key)
      ? {
          r: tidy(key.rotation_angle),
          rx: tidy(rotation_x - origin.x),
          ry: tidy(rotation_y - origin.y),
        }
      : {}),
  };
}

function isTurned({ rotation_angle }: Key): boolean {
  return rotation_angle % 360 !== 0;
}

/** The upper left of all that is drawn and of all that is written: `info.json` has no numbers below 0. */
function originOf(keys: readonly Key[]): Point {
  const points = keys.flatMap((key) => [
    { x: key.x, y: key.y },
    ...(isTurned(key) ? [{ x: key.rotation_x, y: key.rotation_y }, ...cornersOf(key)] : []),
  ]);
  return {
    x: Math.min(...points.map(({ x }) => x)),
    y: Math.min(...points.map(({ y }) => y)),
  };
}

function cornersOf(key: Key): Point[] {
  const angle = (key.rotation_angle * Math.PI) / 180;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return [key.x, key.x + key.width].flatMap((cornerX) =>
    [key.y, key.y + key.height].map((cornerY) => {
      const x = cornerX - key.rotation_x;
      const y = cornerY - key.rotation_y;
      return { x: key.rotation_x + x * cos - y * sin, y: key.rotation_y + x * sin + y * cos };
    }),
  );
}

/** Four digits hold sixteenths of a key; what is behind them comes from adding. */
function tidy(value: number): number {
  // Plus zero: JSON has no use for the negative one.
  return Math.round(value * 10_000) / 10_000 + 0;
}

/** One line without control characters, as `info.json` wants its texts. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
