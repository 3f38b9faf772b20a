import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKeycode } from '../../core/keymap/keycode.ts';
import { readKeycodeTable } from '../../worker/build/starter/keycode-names.ts';
import { keycodeValue } from '../../worker/build/starter/keycode-value.ts';
import { keyOfLine, makeKeymapSource } from '../../worker/build/starter/keymap-source.ts';
import {
  BOARDS,
  type Built,
  defaultKeymapOf,
  generate,
  keyboardOf,
  keycodes,
  make,
  requireTools,
  STARTER,
} from '../fixtures/starter-build/build.ts';
import {
  findBytes,
  findOnce,
  inputReportBits,
  splitConfiguration,
  stringDescriptor,
  word,
} from '../fixtures/starter-build/usb-descriptors.ts';

const FLASH_SIZE = 28_672;
const CONFIGURATION = 2;
const INTERFACE = 4;
const ENDPOINT = 5;
const HID = 0x21;

let folder = '';

beforeAll(() => {
  requireTools();
  folder = mkdtempSync(join(tmpdir(), 'kiln-starter-build-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Every file of the starter tree with the time of its last change. */
function starterFiles(): string[] {
  return readdirSync(STARTER, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${statSync(join(STARTER, name)).mtimeMs}`)
    .sort();
}

/** The table of keycodes that a layout and its layers make, as the processor reads it. */
function keymapBytes(board: string, layers: readonly (readonly string[])[]): Uint8Array {
  const names = readKeycodeTable(keycodes);
  const { matrix_pins, layouts } = keyboardOf(board);
  const columns = matrix_pins.cols.length;
  const positions = matrix_pins.rows.length * columns;
  const keys = layouts[defaultKeymapOf(board).layout]?.layout ?? [];
  const table = new Uint16Array(layers.length * positions);
  layers.forEach((layer, number) => {
    layer.forEach((text, index) => {
      const [row = 0, col = 0] = keys[index]?.matrix ?? [];
      const parsed = parseKeycode(text);
      const result = parsed.problem === null ? keycodeValue(parsed.keycode, names) : null;
      if (result?.ok !== true) throw new Error(`${text} is not a keycode`);
      table[number * positions + row * columns + col] = result.value;
    });
  });
  return new Uint8Array(table.buffer);
}

describe.each(BOARDS)('the default keymap of %s', (board) => {
  let built: Built;

  beforeAll(async () => {
    built = await make(join(folder, board), generate(board, defaultKeymapOf(board)));
    expect(built.lines.join('\n')).toContain('The firmware size is fine');
  });

  it('builds into one block from address 0 on that leaves the bootloader alone', () => {
    expect(built.image().length).toBeGreaterThan(2000);
    expect(built.image().length).toBeLessThanOrEqual(FLASH_SIZE);
  });

  it('says first how many steps there are, then each step, and last how large the image is', () => {
    const [first = '', ...rest] = built.lines;
    const steps = Number(/^Steps: (\d+)$/.exec(first)?.[1]);
    expect(rest.slice(0, -1)).toHaveLength(steps);
    for (const line of rest.slice(0, -1)) {
      expect(line).toMatch(/^(?:Compiling|Linking|Creating|Checking): [\w/. ]+$/);
    }
    const used = built.image().length;
    const percent = Math.floor((used * 100) / FLASH_SIZE);
    expect(rest.at(-1)).toBe(
      `The firmware size is fine - ${used}/${FLASH_SIZE} (${percent}%, ${FLASH_SIZE - used} bytes free)`,
    );
  });

  it('gives the same bytes in another folder, with several jobs at once', async () => {
    const other = join(folder, `${board} in another, longer place`);
    const again = await make(other, generate(board, defaultKeymapOf(board)), ['-j3']);
    expect(again.ok).toBe(true);
    expect(again.hex()).toBe(built.hex());
  });

  it('names nothing of the machine in the image', () => {
    expect(findBytes(built.image(), Buffer.from(folder))).toEqual([]);
    expect(findBytes(built.image(), Buffer.from('starter'))).toEqual([]);
  });

  it('holds the table of its keycodes, once', () => {
    const table = keymapBytes(board, defaultKeymapOf(board).layers);
    expect(findBytes(built.image(), table)).toHaveLength(1);
  });

  it('differs in nothing but a key when nothing but this key differs', async () => {
    const keymap = defaultKeymapOf(board);
    const layers = keymap.layers.map((layer, number) =>
      layer.map((text, index) => (number === 1 && index === 5 ? 'LCA(KC_F24)' : text)),
    );
    const changed = await make(
      join(folder, `${board}-changed`),
      generate(board, { ...keymap, layers }),
    );
    const before = keymapBytes(board, keymap.layers);
    const after = keymapBytes(board, layers);
    const table = findBytes(built.image(), before)[0] ?? Number.NaN;
    const expected = Uint8Array.from(built.image());
    expected.set(after, table);
    expect(after).not.toEqual(before);
    expect(changed.image()).toEqual(expected);
  });

  it('tells the host the ids and names of keyboard.json', () => {
    const { usb, manufacturer, keyboard_name } = keyboardOf(board);
    const device = findOnce(built.image(), [18, 1, 0, 2], 'the device descriptor');
    expect(word(device, 8)).toBe(Number(usb.vid));
    expect(word(device, 10)).toBe(Number(usb.pid));
    const version = word(device, 12).toString(16).padStart(4, '0');
    expect(`${Number(version.slice(0, 2))}.${version[2]}.${version[3]}`).toBe(usb.device_version);
    expect(device[17]).toBe(1);
    for (const text of [manufacturer, keyboard_name, 'Kiln test']) {
      expect(findBytes(built.image(), stringDescriptor(text))).toHaveLength(1);
    }
  });

  it('has a configuration of a boot keyboard and a second HID interface, each with an endpoint', () => {
    const parts = splitConfiguration(built.image());
    expect(parts.map((part) => part[1])).toEqual([
      CONFIGURATION,
      ...[INTERFACE, HID, ENDPOINT],
      ...[INTERFACE, HID, ENDPOINT],
    ]);
    const interfaces = parts.filter((part) => part[1] === INTERFACE);
    // Number, alternate setting, endpoints, class HID, subclass, protocol.
    expect(interfaces.map((part) => [...part.subarray(2, 8)])).toEqual([
      [0, 0, 1, 3, 1, 1],
      [1, 0, 1, 3, 0, 0],
    ]);
    const endpoints = parts.filter((part) => part[1] === ENDPOINT);
    expect(endpoints.map((part) => [part[2], part[3], word(part, 4)])).toEqual([
      [0x81, 3, 8],
      [0x82, 3, 8],
    ]);
  });

  it('has report descriptors that end where their HID descriptors say', () => {
    const lengths = splitConfiguration(built.image())
      .filter((part) => part[1] === HID)
      .map((part) => word(part, 7));
    const [keyboard, media] = [
      findOnce(built.image(), [0x05, 0x01, 0x09, 0x06, 0xa1], 'the keyboard report descriptor'),
      findOnce(built.image(), [0x05, 0x0c, 0x09, 0x01, 0xa1], 'the media report descriptor'),
    ].map((start, at) => inputReportBits(start.subarray(0, lengths[at])));
    expect(keyboard).toEqual(new Map([[0, 64]]));
    expect(media).toEqual(
      new Map([
        [1, 16],
        [2, 8],
      ]),
    );
  });
});

describe('a build', () => {
  const board = 'kiln/pad4x4';

  it('writes nothing into the starter tree', async () => {
    const before = starterFiles();
    await make(join(folder, 'elsewhere'), generate(board, defaultKeymapOf(board)));
    expect(starterFiles()).toEqual(before);
  });

  it('gives the same bytes when the starter tree lies elsewhere, with spaces in its path', async () => {
    const moved = join(folder, 'Application Support', 'starter tree');
    cpSync(STARTER, moved, { recursive: true });
    const files = generate(board, defaultKeymapOf(board));
    const there = await make(join(folder, 'a b', 'there'), files, [`STARTER=${moved}`]);
    expect(there.lines.at(-1)).toContain('The firmware size is fine');
    expect(there.hex()).toBe((await make(join(folder, 'here'), files)).hex());
  });

  it('compiles only keymap.c anew when only a key has changed', async () => {
    const place = join(folder, 'again');
    const keymap = defaultKeymapOf(board);
    const files = generate(board, keymap);
    await make(place, files);
    const layers = keymap.layers.map((layer) => layer.toReversed());
    const { 'keymap.c': source = '' } = generate(board, { ...keymap, layers });
    const stillThere = { 'keymap.c': source };
    const second = await make(place, stillThere);
    expect(second.lines.filter((line) => line.startsWith('Compiling'))).toEqual([
      'Compiling: keymap.c',
    ]);
    const fresh = await make(join(folder, 'fresh'), { ...files, ...stillThere });
    expect(second.hex()).toBe(fresh.hex());
  });

  it('fails in plain words, and leaves no image, when the keymap does not fit into the flash', async () => {
    const sixty = keyboardOf('kiln/sixty');
    const keymap = defaultKeymapOf('kiln/sixty');
    const keys = sixty.layouts[keymap.layout]?.layout ?? [];
    const [bottom = []] = keymap.layers;
    const layers = Array.from({ length: 200 }, () => bottom);
    const files = generate('kiln/sixty', keymap);
    files['keymap.c'] = makeKeymapSource('large', sixty, keys, layers);
    const built = await make(join(folder, 'large'), files);
    expect(built.ok).toBe(false);
    const over = /^The firmware is too large! (\d+)\/28672 \((\d+) bytes over\)$/m.exec(
      built.lines.join('\n'),
    );
    expect(Number(over?.[1]) - FLASH_SIZE).toBe(Number(over?.[2]));
    expect(() => built.hex()).toThrow('ENOENT');
  });

  it('lets an error of the compiler be traced to its key', async () => {
    const keyboard = keyboardOf(board);
    const keymap = defaultKeymapOf(board);
    const keys = keyboard.layouts[keymap.layout]?.layout ?? [];
    const layers = keymap.layers.map((layer, number) =>
      layer.map((text, index) => (number === 1 && index === 6 ? 'LT(1,KC_FOOO)' : text)),
    );
    const files = generate(board, keymap);
    files['keymap.c'] = makeKeymapSource('broken', keyboard, keys, layers);
    const built = await make(join(folder, 'broken'), files);
    expect(built.ok).toBe(false);
    const line = built.lines.find((text) => text.includes('error:')) ?? '';
    const found = /^src\/keymap\.c:(\d+):\d+: error: .*KC_FOOO/.exec(line);
    expect(keyOfLine(files['keymap.c'], Number(found?.[1]))).toEqual({
      layer: 1,
      index: 6,
      keycode: 'LT(1,KC_FOOO)',
    });
  });

  it('builds every layout, with both diode directions and every lamp', async () => {
    const sixty = keyboardOf('kiln/sixty');
    for (const [layout, { layout: keys }] of Object.entries(sixty.layouts)) {
      const layers = [keys.map(() => 'KC_A')];
      const files = generate('kiln/sixty', {
        keyboard: 'kiln/sixty',
        keymap: 'all',
        layout,
        layers,
      });
      files['board.h'] = (files['board.h'] ?? '')
        .replace('MATRIX_DRIVES_ROWS 1', 'MATRIX_DRIVES_ROWS 0')
        .replace('BOOTMAGIC 1', 'BOOTMAGIC 0')
        .replace('#endif', '#define INDICATOR_SCROLL_LOCK PIN_E2\n#endif');
      const built = await make(join(folder, layout), files);
      expect(built.lines.at(-1)).toContain('The firmware size is fine');
    }
  });

  it('says what is missing when it is not told where to build', async () => {
    const built = await make(join(folder, 'untold'), {}, ['TARGET=']);
    expect(built.lines.join('\n')).toContain('TARGET is missing: the name of the image');
  });
});
