/** keymap.c: the keycodes of every layer by matrix position, one to a line. */
import { type Keycode, parseKeycode, printKeycode } from '../../../core/keymap/keycode.ts';
import { quoteForMessage } from '../../../core/keymap/refusal.ts';
import { isInMatrix, type StarterKey, type StarterKeyboard } from './board-header.ts';
import { commentText } from './c-text.ts';
import type { KeycodeNames } from './keycode-names.ts';
import { keycodeValue } from './keycode-value.ts';
import type { StarterProblem } from './problem.ts';

const MAX_LAYERS = 32;

/** The keys of a layout, by its name or an alias of it. */
export function findLayout(
  keyboard: StarterKeyboard,
  name: string,
): { readonly keys: readonly StarterKey[]; readonly problems: StarterProblem[] } {
  const own = <Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined =>
    Object.hasOwn(record, key) ? record[key] : undefined;
  const layout = own(keyboard.layouts, own(keyboard.layout_aliases ?? {}, name) ?? name) ?? null;
  if (layout === null) {
    const message = `This keyboard has no layout ${quoteForMessage(name)}. It has ${Object.keys(keyboard.layouts).join(', ')}.`;
    return { keys: [], problems: [{ member: 'layout', message }] };
  }
  const seen = new Set<string>();
  const problems = layout.layout.flatMap(({ matrix }, index): StarterProblem[] => {
    const [row = -1, col = -1] = matrix;
    const position = `${row},${col}`;
    const fault = seen.has(position)
      ? 'shares its matrix position with another key'
      : isInMatrix(keyboard, row, col)
        ? null
        : 'is outside of the matrix';
    seen.add(position);
    if (fault === null) return [];
    const member = `layouts.${name}`;
    return [{ member, index, message: `keyboard.json: key ${index} of ${name} ${fault}.` }];
  });
  return { keys: layout.layout, problems };
}

/** The keycode as the compiler shall see it, or what is wrong with it. */
function checkKeycode(text: string, names: KeycodeNames): { text: string; reason: string | null } {
  const parsed = parseKeycode(text);
  if (parsed.problem !== null) {
    return { text, reason: `is not a keycode: ${parsed.problem.reason}.` };
  }
  const keycode: Keycode = parsed.keycode.kind === 'any' ? parsed.keycode.keycode : parsed.keycode;
  const result = keycodeValue(keycode, names);
  return { text: printKeycode(keycode), reason: result.ok ? null : result.reason };
}

function checkLayer(
  keycodes: readonly string[],
  layer: number,
  keys: number,
  names: KeycodeNames,
): { texts: string[]; problems: StarterProblem[] } {
  const problems: StarterProblem[] = [];
  if (keycodes.length !== keys) {
    const message = `Layer ${layer} has ${keycodes.length} keycodes, and the layout has ${keys} keys.`;
    problems.push({ layer, member: 'layers', message });
  }
  const texts = keycodes.map((keycode, index) => {
    const { text, reason } = checkKeycode(keycode, names);
    if (reason !== null) {
      const message = `Key ${index} on layer ${layer} (${quoteForMessage(keycode)}) ${reason}`;
      problems.push({ layer, index, keycode, message });
    }
    return text;
  });
  return { texts, problems };
}

/** Checks the layers and gives their keycodes in a form that may stand in C source. */
export function checkLayers(
  layers: readonly (readonly string[])[],
  keys: number,
  names: KeycodeNames,
): { readonly texts: readonly (readonly string[])[]; readonly problems: StarterProblem[] } {
  if (layers.length < 1 || layers.length > MAX_LAYERS) {
    const message = `A keymap has 1 to ${MAX_LAYERS} layers, and this one has ${layers.length}.`;
    return { texts: [], problems: [{ member: 'layers', message }] };
  }
  const checked = layers.map((keycodes, layer) => checkLayer(keycodes, layer, keys, names));
  return {
    texts: checked.map(({ texts }) => texts),
    problems: checked.flatMap(({ problems }) => problems),
  };
}

function layerLines(
  keyboard: StarterKeyboard,
  keys: readonly StarterKey[],
  texts: readonly string[],
  layer: number,
): string[] {
  const indexes = new Map(keys.map(({ matrix }, index) => [matrix.join(), index]));
  const lines = [`    {`];
  for (let row = 0; row < keyboard.matrix_pins.rows.length; row += 1) {
    lines.push('        {');
    for (let col = 0; col < keyboard.matrix_pins.cols.length; col += 1) {
      const index = indexes.get([row, col].join());
      const text = index === undefined ? 'KC_NO' : texts[index];
      const key = index === undefined ? 'no key' : `key ${index}`;
      lines.push(`            ${text}, /* layer ${layer}, ${key} */`);
    }
    lines.push('        },');
  }
  return [...lines, '    },'];
}

/**
 * @param name the keymap's name, for the comment at the head
 * @param layers as `checkLayers` gives them: each has a keycode for each of the keys
 */
export function makeKeymapSource(
  name: string,
  keyboard: StarterKeyboard,
  keys: readonly StarterKey[],
  layers: readonly (readonly string[])[],
): string {
  const lines = [
    `/* The keymap ${commentText(name)}. Changes here are lost. */`,
    '#include "keymap.h"',
    '#include "board.h"',
    '#include "flash_data.h"',
    '#include "keycodes.h"',
    `#define LAYERS ${layers.length}`,
    'static const uint16_t keycodes[LAYERS][MATRIX_ROWS][MATRIX_COLS] FLASH_DATA = {',
    ...layers.flatMap((texts, layer) => layerLines(keyboard, keys, texts, layer)),
    '};',
    'uint8_t keymap_layer_count(void) {',
    '    return LAYERS;',
    '}',
    'uint16_t keymap_keycode(uint8_t layer, uint8_t row, uint8_t col) {',
    '    return layer < LAYERS ? flash_word(&keycodes[layer][row][col]) : KC_TRANSPARENT;',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * The key that a line of keymap.c belongs to, to make sense of what the compiler says about it.
 *
 * @param line 1-based, as compilers count
 * @returns null for a line without a key
 */
export function keyOfLine(
  source: string,
  line: number,
): { readonly layer: number; readonly index: number; readonly keycode: string } | null {
  const found = /^ *(.*), \/\* layer (\d+), key (\d+) \*\/$/.exec(
    source.split('\n')[line - 1] ?? '',
  );
  if (found === null) return null;
  return { layer: Number(found[2]), index: Number(found[3]), keycode: found[1] ?? '' };
}
