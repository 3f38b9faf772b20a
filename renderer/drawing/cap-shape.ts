/** The outline of a cap: a rectangle, an ISO Enter, or a dial. In drawing units. */
import type { LayoutKey } from '../api/keyboards.ts';
import { UNIT } from './fit-legend.ts';
import { keyBox } from './geometry.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface CapShape {
  readonly kind: 'rectangle' | 'iso-enter' | 'dial';
  readonly box: Box;
  /** Where legends may stand. */
  readonly text: Box;
  /** For the whole key; empty when it is not turned. */
  readonly transform: string;
}

/** How far the foot of an ISO Enter stands in from its head. */
const ISO_STEP = 0.25;

/**
 * QMK's layouts have rectangles alone, and give an ISO Enter as 1.25 by 2: no other key of a keyboard has that size, so
 * it is drawn with the head that it has in life.
 */
export function shapeOf(key: LayoutKey): CapShape {
  const { angle, pivot, ...unit } = keyBox(key);
  const box = {
    x: unit.x * UNIT,
    y: unit.y * UNIT,
    width: unit.width * UNIT,
    height: unit.height * UNIT,
  };
  const transform = angle === 0 ? '' : `rotate(${angle} ${pivot.x * UNIT} ${pivot.y * UNIT})`;
  if (key.encoder !== undefined) return { kind: 'dial', box, text: box, transform };
  if (unit.width === 1.25 && unit.height === 2) {
    const text = {
      ...box,
      x: box.x - ISO_STEP * UNIT,
      width: box.width + ISO_STEP * UNIT,
      height: UNIT,
    };
    return { kind: 'iso-enter', box, text, transform };
  }
  return { kind: 'rectangle', box, text: box, transform };
}

const round = (value: number) => Math.round(value * 100) / 100;

/**
 * @param grow outward, or inward when negative
 * @param foot how much further in the lower edge stands, for the side of the cap to show
 */
export function capPath({ kind, box, text }: CapShape, grow: number, foot = 0): string {
  const left = round(box.x - grow);
  const top = round(box.y - grow);
  const right = round(box.x + box.width + grow);
  const bottom = round(box.y + box.height + grow - foot);
  if (kind === 'dial') {
    const radius = round((Math.min(box.width, box.height) + 2 * grow) / 2);
    const [x, y] = [round(box.x + box.width / 2), round(box.y + box.height / 2)];
    return `M${x - radius} ${y}a${radius} ${radius} 0 1 1 ${2 * radius} 0a${radius} ${radius} 0 1 1 ${-2 * radius} 0z`;
  }
  const r = Math.max(2, 6 + grow);
  if (kind === 'iso-enter') {
    const head = round(text.x - grow);
    const step = round(box.y + UNIT + grow - foot / 2);
    return `M${head + r} ${top}H${right - r}q${r} 0 ${r} ${r}V${bottom - r}q0 ${r} ${-r} ${r}H${left + r}q${-r} 0 ${-r} ${-r}V${step}H${head + r}q${-r} 0 ${-r} ${-r}V${top + r}q0 ${-r} ${r} ${-r}z`;
  }
  return `M${left + r} ${top}H${right - r}q${r} 0 ${r} ${r}V${bottom - r}q0 ${r} ${-r} ${r}H${left + r}q${-r} 0 ${-r} ${-r}V${top + r}q0 ${-r} ${r} ${-r}z`;
}
