import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readKeymapFile } from '../../../../electron/documents/opened-files.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-opened-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: string | Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

test('a file is read as text, under its name alone', async () => {
  const file = put('ä.json', '\ufeff{"keyboard":"x"}');
  expect(await readKeymapFile(file)).toEqual({ name: 'ä.json', text: '{"keyboard":"x"}' });
});

test('what is no keymap file is refused with its name and the reason', async () => {
  const sub = join(folder, 'sub.json');
  mkdirSync(sub);
  const cases: [string, string][] = [
    [join(folder, 'none.json'), 'none.json cannot be opened: it is not there.'],
    [sub, 'sub.json cannot be opened: it is no file.'],
    [put('big.json', Buffer.alloc(2 * 1024 * 1024 + 1, 32)), 'larger than any keymap'],
    [put('image.json', Buffer.from([0x7b, 0xff, 0xfe, 0x00])), 'it is not text in UTF-8'],
    [join(put('a.json', '{}'), 'b.json'), 'its folder is not there'],
  ];
  for (const [file, message] of cases) {
    await expect(readKeymapFile(file)).rejects.toMatchObject({
      code: 'shell.file-unreadable',
      message: expect.stringContaining(message),
    });
  }
});
