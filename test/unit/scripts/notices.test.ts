import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const script = (name: string) => import(new URL(`../../../scripts/${name}`, import.meta.url).href);
const { noticesOf, refusalOf } = await script('notices.mjs');
const { shippedPackages } = await script('package.mjs');

const SYSTEM = { platform: process.platform, arch: process.arch };

/** A built window that lists itself and one package. */
function windowWith(licence: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-notices-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const own = { name: 'kiln', version: '1', licence: 'MIT', text: 'Ours.' };
  const one = { name: 'drawn', version: '2.0.0', licence, text: 'Text of drawn.' };
  writeFileSync(join(folder, 'licences.json'), JSON.stringify([own, one]));
  return folder;
}

function toolchainWith(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-notices-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const packages = [{ name: 'gcc-avr', version: '5.4.0', licence: 'GPL-3.0-or-later', source }];
  writeFileSync(
    join(folder, 'kiln-toolchain.json'),
    JSON.stringify({ components: [{ packages }] }),
  );
  return folder;
}

describe('notices of a package', () => {
  it('name every package that travels along, with its text, and where sources are offered', () => {
    const paths = shippedPackages(SYSTEM) as string[];
    expect(paths.length).toBeGreaterThan(100);
    const tools = toolchainWith('Debian: gcc-avr');
    const text = noticesOf(paths, tools, null, windowWith('MIT')) as string;
    for (const path of paths) {
      expect(text).toContain(path.slice(path.lastIndexOf('node_modules/') + 13));
    }
    expect(text).toContain('Text of drawn.');
    expect(text).toMatch(/gcc-avr 5\.4\.0\n {2}GPL-3\.0-or-later\n {2}Debian: gcc-avr/);
    // Linked into a binary, and easily overlooked.
    expect(text).toMatch(/libusb, inside of node-hid\nLGPL-2\.1-or-later/);
  });

  it('offer the source of a firmware tree that travels along', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kiln-tree-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const version = { commit: 'c0ffee', describe: '0.1', committedAt: 0, dirty: false };
    const about = { name: 'qmk', origin: 'https://example.com/qmk.git', version };
    writeFileSync(join(folder, 'kiln-tree.json'), JSON.stringify(about));
    const text = noticesOf([], null, folder, windowWith('MIT')) as string;
    expect(text).toContain('qmk, https://example.com/qmk.git, commit c0ffee\n  GPL-2.0-or-later');
    expect(text).toContain('its licences are in tree/firmware');
  });

  it('are refused for a licence that nobody allowed', () => {
    expect(() => noticesOf([], null, null, windowWith('SSPL-1.0'))).toThrow(
      /drawn 2\.0\.0.*SSPL-1\.0/,
    );
  });

  it.each([
    ['MIT', undefined],
    ['(GPL-2.0-only OR MIT)', undefined],
    ['MIT AND GPL-3.0-only', 'GPL-3.0-only'],
    ['AGPL-3.0-or-later', 'AGPL'],
    ['SEE LICENSE IN LICENSE.md', 'no expression'],
    [undefined, 'names no licence'],
  ])('judge %s', (license, reason) => {
    const refusal = refusalOf({ name: 'one', version: '1.0.0', license }) as string | undefined;
    if (reason === undefined) expect(refusal).toBeUndefined();
    else expect(refusal).toContain(reason);
  });
});
