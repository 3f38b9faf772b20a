import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderSize } from '../../../../core/storage/folder-size.ts';

const TEN_MINUTES_MS = 600_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-size-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the size of a folder', () => {
  it('is that of all files below it, and counted anew after ten minutes', async () => {
    let time = 0;
    const size = folderSize(folder, () => time);
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(join(folder, 'one'), 'x'.repeat(10));
    writeFileSync(join(folder, 'a/b/two'), 'x'.repeat(5));
    expect(await size()).toBe(15);
    writeFileSync(join(folder, 'three'), 'x');
    time = TEN_MINUTES_MS - 1;
    expect(await size()).toBe(15);
    time = TEN_MINUTES_MS;
    expect(await size()).toBe(16);
  });

  it('is 0 for a folder that is not there', async () => {
    expect(await folderSize(join(folder, 'nowhere'))()).toBe(0);
  });
});
