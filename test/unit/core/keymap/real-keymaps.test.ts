import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import { admitKeymap, type ShapedKeymap } from '../../../../core/keymap/admit.ts';
import { parseStrictJson } from '../../../../core/keymap/strict-json.ts';

const home = process.env.KILN_TEST_QMK_HOME;
const title =
  home === undefined
    ? 'the keymaps of a real tree (set KILN_TEST_QMK_HOME to a QMK checkout to run this)'
    : 'the keymaps of a real tree';

const defaults = process.env.KILN_TEST_KEYMAPS;
const defaultsTitle =
  defaults === undefined
    ? 'the default keymaps of QMK Configurator (set KILN_TEST_KEYMAPS to their folder to run this)'
    : 'the default keymaps of QMK Configurator';

/** Every `keymap.json` in a `keymaps` folder, relative to the tree. */
function keymapFiles(tree: string): string[] {
  return readdirSync(path.join(tree, 'keyboards'), { recursive: true, encoding: 'utf8' })
    .map((file) => `keyboards/${file.replaceAll(path.sep, '/')}`)
    .filter((file) => /\/keymaps\/.*keymap\.json$/.test(file))
    .sort();
}

/**
 * Some files hold only the settings of a keymap written in C, or leave their name to their folder; QMK fills
 * that in from the folder, and so does this.
 */
function admitFile(tree: string, file: string): ShapedKeymap {
  const members = parseStrictJson(readFileSync(path.join(tree, file)));
  const [, keyboard = '', keymap = ''] = /^keyboards\/(.*)\/keymaps\/([^/]+)\//.exec(file) ?? [];
  const filledIn = {
    keyboard,
    keymap,
    layout: 'LAYOUT',
    layers: [['KC_NO']],
    ...(members as Record<string, never>),
  };
  return admitKeymap(filledIn);
}

/** How many of the files are accepted, printed; every one that is not is a failure, with its reason. */
function expectAccepted(files: readonly string[], admit: (file: string) => unknown): void {
  const refused = files.flatMap((file) => {
    try {
      admit(file);
      return [];
    } catch (error) {
      if (!(error instanceof KilnError)) throw error;
      return [`${file}: ${error.message}`];
    }
  });
  console.info(`${files.length - refused.length} of ${files.length} keymaps were accepted`);
  expect(refused).toEqual([]);
  expect(files.length).toBeGreaterThan(0);
}

describe.skipIf(home === undefined)(title, () => {
  it('are all accepted', { timeout: 60_000 }, () => {
    const tree = home ?? '';
    expectAccepted(keymapFiles(tree), (file) => admitFile(tree, file));
  });
});

describe.skipIf(defaults === undefined)(defaultsTitle, () => {
  it('are all accepted', { timeout: 60_000 }, () => {
    const folder = defaults ?? '';
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('_default.json'))
      .sort();
    expectAccepted(files, (file) =>
      admitKeymap(parseStrictJson(readFileSync(path.join(folder, file)))),
    );
  });
});
