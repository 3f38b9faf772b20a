// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of scripts.
/** Built Configurators as small as can be, in folders that go with the test. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export const PAGE =
  '<!DOCTYPE html><link rel="icon" href="/favicon.ico">' +
  '<script type="module" crossorigin src="/assets/index-1.js"></script>';

/** As Vite leaves the app's own constants. */
export function scriptOf(api: string, keyboards: string): string {
  return (
    `const a="${api}";if(b(a))throw"x";const c="${keyboards}";` +
    'const d=`${c}/v1/keyboards`,e=`${c}/v1/keyboard_list.json`,f=`${a}/v1/compile`,g=`${a}/v1`;'
  );
}

export const STOCK_SCRIPT = scriptOf('https://api.qmk.fm', 'https://keyboards.qmk.fm');

/** @param files text by path; a build with the app's own settings when absent */
export function createFolder(
  files: Readonly<Record<string, string>> = {
    'index.html': PAGE,
    'assets/index-1.js': STOCK_SCRIPT,
  },
): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kiln-configurator-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
