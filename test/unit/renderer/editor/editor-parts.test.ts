// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { createElement } from 'react';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { admitConfig } from '../../../../core/keymap/config.ts';
import { ConfigForm } from '../../../../renderer/editor/config-form.tsx';
import type { EditedKeymap } from '../../../../renderer/editor/keymap/document.ts';
import { readCatalogue } from '../../../../renderer/editor/keymap/keycode-catalogue.ts';
import { LayerList } from '../../../../renderer/editor/layer-list.tsx';
import { MacroEditor } from '../../../../renderer/editor/macro-editor.tsx';
import { AnyKeycode } from '../../../../renderer/editor/palette/builders.tsx';
import {
  readDraft,
  startAutosave,
  writeDraft,
} from '../../../../renderer/editor/store/autosave.ts';
import {
  assign,
  assignAndAdvance,
  clearSelected,
  currentKeymap,
  openKeymap,
  pasteKeycodes,
  redo,
  selectDial,
  selectKey,
  showLayer,
  undo,
  useEditor,
} from '../../../../renderer/editor/store/editor-store.ts';
import { startI18n } from '../../../../renderer/i18n/i18n.ts';

const KEYS = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 0, y: 1 },
  { x: 1, y: 1 },
];
const keymap: EditedKeymap = {
  document: {
    keyboard: 'a',
    keymap: 'b',
    layout: 'LAYOUT',
    layers: [
      ['KC_A', 'KC_B', 'MO(1)', 'KC_D'],
      ['KC_1', 'KC_2', 'KC_3', 'KC_4'],
    ],
  },
  layerNames: ['', 'Numbers'],
};
const catalogue = readCatalogue({
  keycodes: {
    '0x0004': { group: 'basic', key: 'KC_A', label: 'A' },
    '0x0005': { group: 'basic', key: 'KC_B', label: 'B' },
  },
});
const layer = (number: number) => currentKeymap()?.document.layers[number];

beforeAll(() => startI18n('en'));
beforeEach(() => {
  localStorage.clear();
  openKeymap('tree/a', keymap);
});
afterEach(cleanup);

describe('the selection', () => {
  it('takes a keycode, all of it at once, and undo gives all back at once', () => {
    selectKey(KEYS, 0);
    selectKey(KEYS, 3, 'to');
    assign('KC_X');
    expect(layer(0)).toEqual(['KC_X', 'KC_X', 'KC_X', 'KC_X']);
    expect(undo()).toBe('keys');
    expect(layer(0)).toEqual(keymap.document.layers[0]);
    expect(redo()).toBe('keys');
    expect(layer(0)).toEqual(['KC_X', 'KC_X', 'KC_X', 'KC_X']);
  });

  it('goes on by itself while one types, as far as there are keys', () => {
    selectKey(KEYS, 2);
    for (const keycode of ['KC_X', 'KC_Y', 'KC_Z']) assignAndAdvance(keycode);
    expect(layer(0)).toEqual(['KC_A', 'KC_B', 'KC_X', 'KC_Z']);
  });

  it('is cleared to nothing on the lowest layer, and to what lies below on others', () => {
    clearSelected();
    expect(layer(0)?.[0]).toBe('KC_NO');
    showLayer(1);
    clearSelected();
    expect(layer(1)?.[0]).toBe('KC_TRNS');
  });

  it('takes pasted keys in their order', () => {
    selectKey(KEYS, 1);
    pasteKeycodes(['KC_X', 'KC_Y', 'KC_Z', 'KC_Q']);
    expect(layer(0)).toEqual(['KC_A', 'KC_X', 'KC_Y', 'KC_Z']);
  });

  it('may be one side of a dial', () => {
    selectDial({ encoder: 0, turn: 'cw' });
    assign('KC_VOLU');
    expect(currentKeymap()?.document.encoders).toEqual([[{ ccw: 'KC_TRNS', cw: 'KC_VOLU' }]]);
  });

  it('shows the layer on which a change is undone', () => {
    showLayer(1);
    assign('KC_X');
    showLayer(0);
    undo();
    expect(useEditor.getState().layer).toBe(1);
  });
});

describe('what is kept', () => {
  it('is there again at once after each change', () => {
    const stop = startAutosave(() => expect.unreachable());
    assign('KC_X');
    expect(readDraft('tree/a')?.document.layers[0]?.[0]).toBe('KC_X');
    expect(readDraft('tree/a')?.layerNames).toEqual(['', 'Numbers']);
    undo();
    expect(readDraft('tree/a')?.document).toEqual(keymap.document);
    stop();
  });

  it('lets the oldest go when there is no room, and says so when that is not enough', () => {
    writeDraft('tree/old', keymap, 1);
    writeDraft('tree/newer', keymap, 2);
    const setItem = Storage.prototype.setItem;
    let room = 1;
    Storage.prototype.setItem = function (name: string, text: string) {
      if (room <= 0 && localStorage.getItem('kiln.keymap/tree/old') !== null) {
        throw new DOMException('', 'QuotaExceededError');
      }
      room -= 1;
      setItem.call(this, name, text);
    };
    try {
      room = 0;
      expect(writeDraft('tree/a', keymap)).toBe(true);
      expect(readDraft('tree/old')).toBeNull();
      expect(readDraft('tree/newer')).not.toBeNull();
      Storage.prototype.setItem = () => {
        throw new DOMException('', 'QuotaExceededError');
      };
      expect(writeDraft('tree/a', keymap)).toBe(false);
    } finally {
      Storage.prototype.setItem = setItem;
    }
  });

  it('is nothing where it was cut off or is of another kind', () => {
    for (const text of [
      '{"version":1',
      'null',
      '{}',
      '{"version":9}',
      '[]',
      '{"version":1,"document":{}}',
    ]) {
      localStorage.setItem('kiln.keymap/x', text);
      expect(readDraft('x'), text).toBeNull();
    }
  });

  it('takes over what another window made of it, and can undo that', () => {
    const stop = startAutosave(() => expect.unreachable());
    const other = {
      ...keymap,
      document: { ...keymap.document, layers: [['KC_Q', 'KC_Q', 'KC_Q', 'KC_Q']] },
    };
    const newValue = JSON.stringify({ version: 1, savedAt: 1, ...other });
    window.dispatchEvent(new StorageEvent('storage', { key: 'kiln.keymap/tree/a', newValue }));
    expect(layer(0)?.[0]).toBe('KC_Q');
    // It is the other window's to keep: writing it again would have both answer each other for ever.
    expect(readDraft('tree/a')).toBeNull();
    undo();
    expect(layer(0)?.[0]).toBe('KC_A');
    stop();
  });
});

describe('a keycode by hand', () => {
  it('is given to the key once the grammar has nothing against it', () => {
    render(createElement(AnyKeycode, { keymap, catalogue }));
    const field = screen.getByRole('textbox', { name: 'Keycode' });
    const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Assign' });
    fireEvent.change(field, { target: { value: 'LT(1,' } });
    expect(button.disabled).toBe(true);
    expect(screen.getByRole('status').textContent).toMatch(/^Not a keycode/);
    fireEvent.change(field, { target: { value: 'LT(1,KC_B)' } });
    expect(screen.queryByRole('status')).toBeNull();
    fireEvent.click(button);
    expect(layer(0)?.[0]).toBe('LT(1,KC_B)');
  });

  it('is warned of when the tree has no such name, or the keymap no such layer', () => {
    render(createElement(AnyKeycode, { keymap, catalogue }));
    const field = screen.getByRole('textbox', { name: 'Keycode' });
    fireEvent.change(field, { target: { value: 'KC_FOOO' } });
    expect(screen.getByRole('status').textContent).toContain('KC_FOOO');
    fireEvent.change(field, { target: { value: 'MO(7)' } });
    expect(screen.getByRole('status').textContent).toBe('There is no layer 7.');
  });
});

describe('the settings', () => {
  it('are written as QMK nests them, and only when they are sound', () => {
    const { rerender } = render(createElement(ConfigForm, { keymap, languages: ['german'] }));
    const term = screen.getByRole('spinbutton', { name: /^Tap or hold/ });
    fireEvent.change(term, { target: { value: '70000' } });
    fireEvent.blur(term);
    expect(currentKeymap()?.document.config).toBeUndefined();
    fireEvent.change(term, { target: { value: '180' } });
    fireEvent.blur(term);
    expect(currentKeymap()?.document.config).toEqual({ tapping: { term: 180 } });
    rerender(
      createElement(ConfigForm, { keymap: currentKeymap() ?? keymap, languages: ['german'] }),
    );
    fireEvent.change(screen.getByRole('combobox', { name: 'Host language' }), {
      target: { value: 'german' },
    });
    expect(currentKeymap()?.document.host_language).toBe('german');
  });
});

describe('features and effects', () => {
  const show = (rerender: (element: ReturnType<typeof createElement>) => void) =>
    rerender(createElement(ConfigForm, { keymap: currentKeymap() ?? keymap, languages: [] }));
  const config = () => currentKeymap()?.document.config;

  function add(group: string, name: string): void {
    const place = within(screen.getByRole('group', { name: group }));
    fireEvent.change(place.getByLabelText(/^Name of/), { target: { value: name } });
    fireEvent.click(place.getByRole('button', { name: 'Switch on' }));
  }

  it.each(['features', 'rgb_matrix.animations'])(
    'in %s are switched on by name, off, and left to the keyboard again',
    (group) => {
      const { rerender } = render(createElement(ConfigForm, { keymap, languages: [] }));
      const path = group.split('.');
      const at = () => path.reduce<unknown>((value, name) => (value as never)?.[name], config());
      // What admission would refuse is not taken; the field keeps it.
      add(group, 'Caps Word');
      expect(config()).toBeUndefined();
      add(group, '__proto__');
      expect(config()).toBeUndefined();
      add(group, 'caps_word');
      show(rerender);
      expect(at()).toEqual({ caps_word: true });
      add(group, 'breathing');
      show(rerender);
      const place = within(screen.getByRole('group', { name: group }));
      const choose = (value: string) => {
        fireEvent.change(place.getByRole('combobox', { name: 'caps_word' }), { target: { value } });
        show(rerender);
      };
      choose('false');
      expect(at()).toEqual({ breathing: true, caps_word: false });
      expect(admitConfig(config() ?? {})).toEqual(config());
      choose('');
      expect(at()).toEqual({ breathing: true });
      undo();
      expect(at()).toEqual({ breathing: true, caps_word: false });
    },
  );
});

describe('the macros', () => {
  it('are made part by part, and say what admission would refuse', () => {
    const { rerender } = render(createElement(MacroEditor, { keymap }));
    const show = () => rerender(createElement(MacroEditor, { keymap: currentKeymap() ?? keymap }));
    fireEvent.click(screen.getByRole('button', { name: 'Add macro' }));
    show();
    fireEvent.change(screen.getByRole('textbox', { name: 'Text' }), { target: { value: 'Grüße' } });
    show();
    expect(screen.getByRole('status').textContent).toContain('ASCII');
    fireEvent.change(screen.getByRole('textbox', { name: 'Text' }), { target: { value: 'Hi' } });
    show();
    fireEvent.click(screen.getByRole('button', { name: 'Tap' }));
    show();
    fireEvent.change(screen.getByRole('textbox', { name: 'Tap' }), {
      target: { value: 'KC_lctl c' },
    });
    show();
    expect(currentKeymap()?.document.macros).toEqual([
      ['Hi', { action: 'tap', keycodes: ['LCTL', 'C'] }],
    ]);
    expect(screen.queryByRole('status')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Assign to the key' }));
    expect(layer(0)?.[0]).toBe('QK_MACRO_0');
  });
});

describe('the list of layers', () => {
  it('moves, renames and deletes by keyboard, and references follow', () => {
    const list = ({ layerNames: names, document } = currentKeymap() ?? keymap) =>
      createElement(LayerList, { names, count: document.layers.length });
    const { rerender } = render(list());
    const show = () => rerender(list());
    fireEvent.keyDown(screen.getByRole('button', { name: /Numbers/ }), {
      key: 'ArrowUp',
      altKey: true,
    });
    expect(layer(1)).toEqual(['KC_A', 'KC_B', 'MO(0)', 'KC_D']);
    show();
    fireEvent.keyDown(screen.getByRole('button', { name: /Numbers/ }), { key: 'F2' });
    const field = screen.getByRole('textbox', { name: 'Name of the layer' });
    fireEvent.change(field, { target: { value: 'Digits' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(currentKeymap()?.layerNames[0]).toBe('Digits');
    show();
    fireEvent.keyDown(screen.getByRole('button', { name: /Digits/ }), { key: 'Delete' });
    expect(currentKeymap()?.document.layers).toEqual([['KC_A', 'KC_B', 'KC_NO', 'KC_D']]);
  });
});
