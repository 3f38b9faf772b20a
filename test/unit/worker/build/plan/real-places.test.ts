import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRealPlaces } from '../../../../../worker/build/plan/real-places.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'kiln-real-')));
  mkdirSync(join(folder, 'tools-1/bin'), { recursive: true });
  writeFileSync(join(folder, 'tools-1/bin/cc-9'), '');
  symlinkSync('cc-9', join(folder, 'tools-1/bin/cc'));
  symlinkSync(join(folder, 'tools-1'), join(folder, 'tools'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the real place of a file', () => {
  it('is what the system says, and tells all links on the way', () => {
    const real = createRealPlaces();
    const file = join(folder, 'tools/bin/cc');
    expect(real.of(file)).toBe(realpathSync(file));
    expect(real.links().filter((link) => link.startsWith(folder))).toEqual([
      join(folder, 'tools'),
      join(folder, 'tools-1/bin/cc'),
    ]);
  });

  it('is that of its folder for what does not exist', () => {
    const real = createRealPlaces();
    expect(real.of(join(folder, 'tools/bin/ld'))).toBe(join(folder, 'tools-1/bin/ld'));
    expect(real.of(join(folder, 'tools/bin/ld/x'))).toBe(join(folder, 'tools-1/bin/ld/x'));
  });

  it('has an end for a link that leads to itself', () => {
    symlinkSync('there', join(folder, 'here'));
    symlinkSync('here', join(folder, 'there'));
    const real = createRealPlaces();
    expect(real.of(join(folder, 'here'))).toMatch(/\/(?:here|there)$/);
    expect(real.links()).toContain(join(folder, 'here'));
  });
});
