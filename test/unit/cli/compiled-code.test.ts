import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const { compiledCodeFolder } = await import(
  new URL('../../../cli/compiled-code.js', import.meta.url).href
);

it('is kept beside the packages in a checkout, else in the data folder once that is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-compiled-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const home = join(folder, 'kiln');
  const dataDir = join(folder, 'data');
  expect(await compiledCodeFolder(home, { KILN_DATA_DIR: dataDir })).toBe(
    join(home, 'node_modules/.cache/kiln'),
  );
  mkdirSync(join(home, 'bundle'), { recursive: true });
  expect(await compiledCodeFolder(home, { KILN_DATA_DIR: dataDir })).toBeUndefined();
  mkdirSync(dataDir);
  expect(await compiledCodeFolder(home, { KILN_DATA_DIR: dataDir })).toBe(
    join(dataDir, 'cache/compiled'),
  );
});
