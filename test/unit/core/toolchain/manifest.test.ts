import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  MANIFEST_FILE,
  parseManifest,
  readManifest,
  selectComponents,
} from '../../../../core/toolchain/manifest.ts';

const manifest = await readManifest();
const text = readFileSync(MANIFEST_FILE, 'utf8');
const all = Object.values(manifest.components);

describe('the toolchain’s manifest', () => {
  it('has a version, a digest and a source of every package that is usually staged', () => {
    const packages = all.filter(({ usual }) => usual).flatMap(({ debian }) => debian);
    const incomplete = [...packages, ...manifest.staging].filter(
      ({ version, sha256, source }) =>
        version === null || source === null || !(sha256.amd64 ?? sha256.all),
    );
    expect(packages.length).toBeGreaterThan(30);
    expect(incomplete.map(({ name }) => name)).toEqual([]);
  });

  it('has the Python packages that a checkout installs, at the same versions', () => {
    const file = new URL('../../../../resources/python/requirements.txt', import.meta.url);
    const wanted = readFileSync(file, 'utf8').match(/^[\w.-]+==\S+$/gm);
    const packages = all.flatMap(({ pypi }) => pypi);
    expect(packages.map(({ name, version }) => `${name}==${version}`)).toEqual(wanted);
    expect(packages.filter(({ sha256 }) => !(sha256.amd64 ?? sha256.all))).toEqual([]);
  });

  it('names publishers and packages, never a host', () => {
    expect(text).not.toMatch(/:\/\/|\.(?:org|com|io|net)\b(?!")/);
  });

  it('selects what is usual, or what is named', () => {
    const names = (wanted?: string[]) => selectComponents(manifest, wanted).map(([name]) => name);
    expect(names()).toContain('avr');
    expect(names()).not.toContain('riscv');
    expect(names(['riscv', 'base'])).toEqual(['base', 'riscv']);
    expect(() => names(['fortran'])).toThrow('There is no component fortran');
  });

  it.each([
    ['a path out of the toolchain', '"usr/bin/make"', '"../bin/make"', 'leads out'],
    ['an absolute path', '"usr/bin/make"', '"/usr/bin/make"', 'keep'],
    ['a member that there is not', '"format": 1,', '"format": 1, "fromat": 1,', 'fromat'],
  ])('refuses %s', (_what, from, to, message) => {
    expect(text).toContain(from);
    expect(() => parseManifest(text.replace(from, to), 'manifest.json')).toThrow(message);
  });
});
