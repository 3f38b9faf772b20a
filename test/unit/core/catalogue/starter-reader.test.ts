import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KeyboardInfo } from '../../../../core/catalogue/contract.ts';
import { createStarterReader } from '../../../../core/catalogue/starter-reader.ts';
import { STARTER_PATH } from '../../../../core/trees/registry.ts';
import { starterTreeAt } from '../../../fixtures/starter-build/build-pad.ts';

const BOARDS = ['kiln/pad4x4', 'kiln/sixty'];

const reader = createStarterReader(starterTreeAt(STARTER_PATH));

const read = (keyboard: string) => reader.read(keyboard, 'now');
const file = (path: string) => readFileSync(join(STARTER_PATH, path), 'utf8');

describe.each(BOARDS)('the starter keyboard %s', (keyboard) => {
  it('is read as its file says, in the form that QMK publishes', async () => {
    const { infoText } = await read(keyboard);
    const info = JSON.parse(infoText) as KeyboardInfo;
    expect(info).toMatchObject(JSON.parse(file(`keyboards/${keyboard}/keyboard.json`)));
    expect(info).toMatchObject({
      keyboard_folder: keyboard,
      parse_errors: [],
      parse_warnings: [],
      platform_key: 'avr',
    });
    for (const { layout } of Object.values(info.layouts)) {
      expect(layout.length).toBeGreaterThan(0);
      for (const { matrix } of layout) expect(matrix).toHaveLength(2);
    }
  });

  it('lists its keymaps, and gives the text of each', async () => {
    const { infoText, keymaps } = await read(keyboard);
    const path = `keyboards/${keyboard}/keymaps/default/keymap.json`;
    expect(JSON.parse(infoText).keymaps).toEqual({ default: { url: '', path } });
    expect(Object.keys(keymaps)).toEqual([path]);
    expect(JSON.parse(keymaps[path] ?? '')).toEqual(JSON.parse(file(path)));
  });

  it('has the readme of its folder', async () => {
    expect((await read(keyboard)).readme).toBe(file(`keyboards/${keyboard}/readme.md`));
  });
});

describe('the starter tree', () => {
  it.each(['kiln', 'kiln/none', '', '../src'])('has no keyboard %j', async (name) => {
    await expect(read(name)).rejects.toMatchObject({ code: 'keyboard.unknown' });
  });

  it('publishes its keycodes with their aliases, and nothing that it cannot build', async () => {
    const facts = await reader.facts();
    const { keycodes } = JSON.parse(file('keycodes.json'));
    for (const { key, aliases = [] } of Object.values(keycodes) as never[]) {
      for (const name of [key, ...(aliases as string[])]) expect(facts.keycodes).toContain(name);
    }
    expect(facts.keycodes).toContain('KC_TRANSPARENT');
    expect(facts.keycodes).toContain('KC_TRNS');
    expect(facts.converters.size + facts.modules.size + facts.hostLanguages.size).toBe(0);
  });

  it('publishes its documents under the names that QMK’s have', async () => {
    const documents = await reader.documents();
    const { version } = JSON.parse(file('keycodes.json'));
    expect([...documents.keys()].sort()).toEqual([
      'readme.md',
      `v1/constants/keycodes_${version}.json`,
      'v1/constants_metadata.json',
    ]);
    expect(Buffer.from(documents.get('readme.md') ?? []).toString()).toBe(file('readme.md'));
  });
});
