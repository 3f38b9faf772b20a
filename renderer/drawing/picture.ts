/** A keymap as a picture that stands by itself: all layers, one below the other, in colours that print. */
import type { LayoutKey } from '../api/keyboards.ts';
import { capPath, shapeOf } from './cap-shape.ts';
import { fitLegend, UNIT } from './fit-legend.ts';
import { boundsOf } from './geometry.ts';
import type { CapFace } from './key-cap.tsx';

export interface PictureLayer {
  readonly title: string;
  readonly faces: readonly CapFace[];
  /** A line each, below the keys: what the dials do. */
  readonly notes: readonly string[];
}

// The light half of the theme's tokens: a picture has no window around it that would say which half is meant.
const COLOURS = {
  paper: '#ffffff',
  board: '#e7e1d8',
  key: '#ffffff',
  through: '#f2eee8',
  none: '#ece7df',
  side: '#857d72',
  text: '#23201c',
  muted: '#635c52',
  tints: ['#efe6d4', '#d7e6f7', '#d9eed9', '#e6dcf5', '#d2ecea', '#f6dbe4', '#f4ebc2', '#dfe3e8'],
} as const;
const FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif";
const GAP = 28;
const TITLE = 30;
const NOTE = 18;
const MARGIN = 20;

const escapeXml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const round = (value: number) => Math.round(value * 100) / 100;

/** @returns SVG text, with its size in pixels */
export function drawPicture(
  heading: string,
  keys: readonly LayoutKey[],
  layers: readonly PictureLayer[],
): { readonly svg: string; readonly width: number; readonly height: number } {
  const bounds = boundsOf(keys);
  const board = { width: bounds.width * UNIT + 24, height: bounds.height * UNIT + 24 };
  const width = Math.ceil(Math.max(board.width, 420) + 2 * MARGIN);
  let y = MARGIN + 34;
  const parts = [
    text(MARGIN, MARGIN + 18, escapeXml(heading), { size: 20, weight: 600, anchor: 'start' }),
  ];
  for (const { title, faces, notes } of layers) {
    parts.push(text(MARGIN, y + 18, escapeXml(title), { size: 15, weight: 600, anchor: 'start' }));
    y += TITLE;
    parts.push(
      `<g transform="translate(${round(MARGIN + 12 - bounds.x * UNIT)} ${round(y + 12 - bounds.y * UNIT)})">`,
      `<rect x="${round(bounds.x * UNIT - 12)}" y="${round(bounds.y * UNIT - 12)}" width="${round(board.width)}" height="${round(board.height)}" rx="12" fill="${COLOURS.board}"/>`,
      ...keys.map((key, index) => drawKey(key, faces[index])),
      '</g>',
    );
    y += board.height;
    for (const note of notes) {
      y += NOTE;
      parts.push(
        text(MARGIN, y, escapeXml(note), { size: 13, anchor: 'start', fill: COLOURS.muted }),
      );
    }
    y += GAP;
  }
  const height = Math.ceil(y - GAP + MARGIN);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeXml(FONT)}"><rect width="${width}" height="${height}" fill="${COLOURS.paper}"/>${parts.join('')}</svg>`;
  return { svg, width, height };
}

function drawKey(key: LayoutKey, face: CapFace | undefined): string {
  if (face === undefined) return '';
  const shape = shapeOf(key);
  const { x, y, width, height } = shape.text;
  const fill =
    face.tint !== null
      ? COLOURS.tints[face.tint % COLOURS.tints.length]
      : face.kind === 'transparent'
        ? COLOURS.through
        : face.kind === 'none'
          ? COLOURS.none
          : COLOURS.key;
  const ink = face.kind === 'transparent' ? COLOURS.muted : COLOURS.text;
  const room = { width: width - 10, height: height - (face.hold === '' ? 12 : 26) };
  const tap = fitLegend(face.kind === 'none' ? [''] : face.tap.split('\n'), room, [17, 13, 10]);
  const middle = y + height / 2 - (face.hold === '' ? 0 : 7);
  const line = tap.size * 1.12;
  const first = middle - ((tap.lines.length - 1) * line) / 2;
  const hold =
    face.hold === ''
      ? ''
      : text(
          x + width / 2,
          y + height - 13,
          escapeXml(
            fitLegend(face.hold.split('\n'), { width: width - 8, height: 14 }, [11, 10, 9])
              .lines[0] ?? '',
          ),
          { size: 10, fill: ink },
        );
  const transform = shape.transform === '' ? '' : ` transform="${shape.transform}"`;
  const lines = tap.lines.map((words, at) =>
    text(x + width / 2, first + at * line, escapeXml(words), { size: tap.size, fill: ink }),
  );
  return `<g${transform}><path d="${capPath(shape, -2)}" fill="${fill}" stroke="${COLOURS.side}"/>${lines.join('')}${hold}</g>`;
}

function text(
  x: number,
  y: number,
  escaped: string,
  style: {
    readonly size: number;
    readonly weight?: number;
    readonly anchor?: 'start' | 'middle';
    readonly fill?: string;
  },
): string {
  const { size, weight = 400, anchor = 'middle', fill = COLOURS.text } = style;
  const baseline = anchor === 'middle' ? ' dominant-baseline="central"' : '';
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}"${baseline} fill="${fill}">${escaped}</text>`;
}
