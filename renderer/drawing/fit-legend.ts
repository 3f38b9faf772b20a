/** Legends in the room that a key has: shorten, then stack, then a symbol; never over the edge. Lengths in drawing units. */

/** Drawing units a key unit. */
export const UNIT = 54;

export interface FittedLegend {
  readonly lines: readonly string[];
  readonly size: number;
}

/** Width of a text as a share of its size: close to what system fonts do, and rather too wide than too narrow. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) {
    if (/[ilI.,:;'|!()[\]`]/.test(character)) width += 0.34;
    else if (/[mwMW@%]/.test(character)) width += 0.9;
    else if (/[A-Z0-9+−_=<>?#$&]/.test(character)) width += 0.67;
    else if (/[a-z\-/ ]/.test(character)) width += 0.55;
    else width += 0.95;
  }
  return width * size;
}

const LINE = 1.12;
const isSymbol = (text: string) => !/[A-Za-z0-9]{2}/.test(text);

/**
 * @param wordings of the same thing, longest first
 * @param sizes of the type, largest first
 */
export function fitLegend(
  wordings: readonly string[],
  room: { readonly width: number; readonly height: number },
  sizes: readonly [normal: number, small: number, least: number],
): FittedLegend {
  const [normal, small, least] = sizes;
  const [longest = ''] = wordings;
  if (longest === '') return { lines: [], size: normal };
  const words = wordings.filter((text) => !isSymbol(text));
  const symbols = wordings.filter(isSymbol);
  const fits = (text: string, size: number) => textWidth(text, size) <= room.width;

  // One letter is the key itself, and may be as large as it likes.
  for (const size of [normal, small]) {
    const found = (words.length > 0 ? words : symbols).find((text) => fits(text, size));
    if (found !== undefined) return { lines: [found], size };
  }
  for (const text of words) {
    for (const size of [small, least]) {
      const lines = stack(text, room.width, size);
      if (lines !== null && lines.length * size * LINE <= room.height) return { lines, size };
    }
  }
  const symbol =
    symbols.find((text) => fits(text, normal)) ?? words.find((text) => fits(text, least));
  if (symbol !== undefined) {
    return { lines: [symbol], size: fits(symbol, normal) ? normal : least };
  }
  return { lines: [cut(wordings.at(-1) ?? '', room.width, least)], size: least };
}

/** Words in as few lines as fit; null when a single word is too wide. */
function stack(text: string, width: number, size: number): readonly string[] | null {
  const parts = text.split(/(?<=[ _+/])/).map((part) => part);
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = `${last ?? ''}${part}`;
    if (last !== undefined && textWidth(joined.trim(), size) <= width)
      lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  const trimmed = lines.map((line) => line.trim());
  return trimmed.every((line) => textWidth(line, size) <= width) ? trimmed : null;
}

function cut(text: string, width: number, size: number): string {
  let end = text.length;
  while (end > 1 && textWidth(`${text.slice(0, end)}…`, size) > width) end -= 1;
  return `${text.slice(0, end)}…`;
}
