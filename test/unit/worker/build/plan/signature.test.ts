import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changedSince,
  findChange,
  findChangeBeside,
  signatureOf,
} from '../../../../../worker/build/plan/signature.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-signature-'));
  file = join(folder, 'a.h');
  writeFileSync(file, 'one');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('what is found changed', () => {
  it('is the same when others get their turn meanwhile', async () => {
    const many = Array.from({ length: 1000 }, () => signatureOf(folder));
    const signatures = [...many, signatureOf(file)];
    let turns = 0;
    const count = () => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    expect(await findChangeBeside(signatures)).toBeNull();
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(10);
    writeFileSync(file, 'two');
    expect(await findChangeBeside(signatures)).toBe(file);
  });

  it('is nothing as long as nothing happens', () => {
    expect(findChange([file, folder, join(folder, 'none')].map(signatureOf))).toBeNull();
  });

  it('is a file with another content, even of the same size and with its old time', () => {
    const signature = signatureOf(file);
    const { atime, mtime } = statSync(file);
    writeFileSync(file, 'two');
    utimesSync(file, atime, mtime);
    expect(findChange([signature])).toBe(file);
  });

  it('is a file that another one took the place of, but not if that is the same', () => {
    const signature = signatureOf(file);
    const other = join(folder, 'b.h');
    writeFileSync(other, 'one');
    renameSync(other, file);
    expect(findChange([signature])).toBeNull();
    writeFileSync(other, 'two');
    renameSync(other, file);
    expect(findChange([signature])).toBe(file);
  });

  it('is a file that is gone, and one that came where there was none', () => {
    const none = join(folder, 'none');
    const signatures = [signatureOf(file), signatureOf(none)];
    writeFileSync(none, '');
    expect(findChange(signatures)).toBe(none);
    rmSync(none);
    rmSync(file);
    expect(findChange(signatures)).toBe(file);
  });

  it('is a folder with a new name in it, but not one with what builds of others leave', () => {
    const signature = signatureOf(folder);
    for (const name of ['.build', '__pycache__']) mkdirSync(join(folder, name));
    for (const name of ['planck.hex', 'planck.UF2']) writeFileSync(join(folder, name), '');
    expect(findChange([signature])).toBeNull();
    writeFileSync(join(folder, 'b.h'), '');
    expect(findChange([signature])).toBe(folder);
  });

  it('is what cannot be reached any more, since a file is in the way', () => {
    const inside = join(folder, 'inside');
    mkdirSync(inside);
    const deep = join(inside, 'c.h');
    writeFileSync(deep, '');
    const signature = signatureOf(deep);
    rmSync(inside, { recursive: true });
    writeFileSync(inside, '');
    expect(findChange([signature])).toBe(deep);
  });
});

it('Knows what was changed since a time, whatever its own time says', () => {
  const before = Date.now();
  const long = new Date(0);
  writeFileSync(file, 'two');
  utimesSync(file, long, long);
  expect(changedSince(signatureOf(file), before - 1000)).toBe(true);
  expect(changedSince(signatureOf(file), before + 60_000)).toBe(false);
});
