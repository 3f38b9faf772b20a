/**
 * Reads what keyboard-layout-editor.com shows as «Raw data»: rows of JSON without the outermost brackets, its
 * names without quotes. The file that the site downloads, which is plain JSON, is read too.
 */
import { KilnError } from '../errors.ts';
import { KLE_BYTES, refuseLayout } from './refusal.ts';

/** One alternative a kind; none of them can begin where another does but the last two. */
const TOKEN =
  /(?<blank>[ \t\r\n\uFEFF]+)|(?<string>"(?:[^"\\\r\n]|\\[^\r\n])*")|(?<mark>[[\]{},:])|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_]\w*)/y;
const LITERALS = new Set(['true', 'false', 'null']);

/**
 * The rows, as plain JSON values of any kind: nothing in them is checked yet.
 * @throws KilnError `request.invalid`, `request.too-large`
 */
export function readRawText(text: string): readonly unknown[] {
  if (Buffer.byteLength(text) > KLE_BYTES) {
    throw new KilnError(
      'request.too-large',
      `The layout has more than the ${KLE_BYTES} bytes that are accepted.`,
      { remedy: 'Send one keyboard’s layout only.' },
    );
  }
  const rows = parse(`[${strictJson(text)}]`);
  // A downloaded file has the outermost brackets of its own.
  const [only] = rows;
  return rows.length === 1 && Array.isArray(only) && only.some(Array.isArray) ? only : rows;
}

/** The same text as JSON: names in quotes, no comma at the end of a list. */
function strictJson(text: string): string {
  const out: string[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) {
      refuseLayout(`The raw data cannot be read from character ${at + 1} on.`, {
        character: at + 1,
      });
    }
    at = TOKEN.lastIndex;
    const { blank, mark, word } = groups;
    if (blank !== undefined) continue;
    // A closing bracket, or the end, takes the comma before it away.
    if ((mark === ']' || mark === '}') && out.at(-1) === ',') out.pop();
    out.push(word !== undefined && !LITERALS.has(word) ? `"${word}"` : token(groups));
  }
  if (out.at(-1) === ',') out.pop();
  return out.join('');
}

function token({ string, mark, number, word }: Record<string, string | undefined>): string {
  // Tabs may stand in a text of the site, though not in one of JSON.
  return string?.replaceAll('\t', '\\t') ?? mark ?? number ?? word ?? '';
}

function parse(json: string): unknown[] {
  try {
    return JSON.parse(json) as unknown[];
  } catch {
    refuseLayout('The raw data is not what keyboard-layout-editor.com writes.');
  }
}
