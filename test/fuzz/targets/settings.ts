/** Settings of the environment, of a file and of flags. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { KilnError } from '../../../core/errors.ts';
import { dataPaths, loadSettings, SETTINGS } from '../../../core/settings.ts';
import { damagedText, hostileText } from '../hostile.ts';
import type { FuzzTarget } from '../target.ts';

const names = Object.keys(SETTINGS).filter((name) => name !== 'dataDir');
const variables = Object.values(SETTINGS)
  .map(({ variable }) => variable)
  .filter((variable) => variable !== 'KILN_DATA_DIR');
const value = fc.oneof(
  fc.constantFrom('0', '1', '65536', '127.0.0.1', 'best', 'http://x', 'a,b', '/x', '48', '1e3'),
  hostileText,
);
// Never `__proto__` as a name: the dictionaries of a process have no such thing.
const file = fc.oneof(
  damagedText(
    fc
      .dictionary(
        fc.constantFrom(...names, 'other'),
        fc.oneof(value, fc.jsonValue({ maxDepth: 1 })),
        {
          noNullPrototype: true,
        },
      )
      .map((values) => JSON.stringify(values)),
  ),
  hostileText,
  fc.constantFrom('{"__proto__":{"port":1}}', '{"constructor":1}', 'null', '[]'),
);

interface Input {
  readonly environment: Readonly<Record<string, string>>;
  readonly file: string | null;
  readonly flags: Readonly<Record<string, string>>;
}

const input: fc.Arbitrary<Input> = fc.record({
  environment: fc.dictionary(fc.constantFrom(...variables), value, {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  file: fc.option(file),
  flags: fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 2, noNullPrototype: true }),
});

export const target: FuzzTarget<Input> = {
  name: 'settings',
  input,
  open() {
    const folder = mkdtempSync(join(tmpdir(), 'kiln-fuzz-'));
    const settingsFile = join(folder, 'settings.json');
    return {
      check({ environment, file: text, flags }) {
        if (text === null) rmSync(settingsFile, { force: true });
        else writeFileSync(settingsFile, text);
        try {
          const settings = loadSettings(flags, { ...environment, KILN_DATA_DIR: folder });
          assert.equal(settings.dataDir, folder);
          assert.ok(settings.port >= 0 && settings.port <= 65_535);
          assert.ok(Number.isFinite(settings.storageTimeHours) && settings.storageTimeHours > 0);
          for (const path of Object.values(dataPaths(settings)))
            assert.equal(typeof path, 'string');
        } catch (error) {
          if (!(error instanceof KilnError)) throw error;
          assert.equal(error.code, 'settings.invalid');
        }
        assert.equal(Object.hasOwn(Object.prototype, 'port'), false);
      },
      close: async () => rmSync(folder, { recursive: true }),
    };
  },
};
