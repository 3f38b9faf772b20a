import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { udevRules } from '../../../flash/udev/rules.ts';

const { control, desktopEntry, hasDpkg, makeDeb, makeTar, unpackedFolder } = await import(
  new URL('../../../scripts/package-linux.mjs', import.meta.url).href
);

const ABOUT = {
  synopsis: 'Keyboard firmware',
  description: 'Compiles it.',
  maintainer: 'Somebody <somebody@localhost>',
  fileAssociations: [
    { ext: 'json', name: 'QMK keymap', mimeType: 'application/json' },
    { ext: 'vil', name: 'Vial keymap', mimeType: 'application/x-vial-keymap' },
  ],
};

function packed() {
  const stage = mkdtempSync(join(tmpdir(), 'kiln-package-'));
  onTestFinished(() => rmSync(stage, { recursive: true }));
  const unpacked = join(stage, 'linux-unpacked');
  mkdirSync(join(unpacked, 'resources'), { recursive: true });
  writeFileSync(join(unpacked, 'kiln'), 'program', { mode: 0o755 });
  writeFileSync(join(unpacked, 'chrome-sandbox'), 'helper', { mode: 0o755 });
  writeFileSync(join(unpacked, 'resources', 'app.asar'), 'shell');
  const icons = join(stage, 'icons');
  mkdirSync(icons);
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) {
    writeFileSync(join(icons, `${size}x${size}.png`), '');
  }
  writeFileSync(join(stage, 'LICENSE'), 'MIT');
  return { stage, unpacked, target: stage, name: 'kiln-1.2.3-linux-x64', icons };
}

describe('packages for Linux', () => {
  it('are found below the folder that electron-builder left', () => {
    const { stage, unpacked } = packed();
    expect(unpackedFolder(stage)).toBe(unpacked);
  });

  it('have equal bytes for equal input, below one folder', () => {
    const parts = packed();
    const bytes = () => readFileSync(makeTar({ ...parts, seconds: '1700000000' }));
    const first = bytes();
    expect(bytes().equals(first)).toBe(true);
    const list = execFileSync('tar', ['-tzf', join(parts.stage, `${parts.name}.tar.gz`)]);
    expect(list.toString().split('\n')).toContain(`${parts.name}/resources/app.asar`);
  });

  it('tell the system which files and links they open', () => {
    expect(desktopEntry(ABOUT)).toContain(
      'MimeType=application/json;application/x-vial-keymap;x-scheme-handler/kiln;',
    );
    expect(control({ version: '1.2.3', arch: 'x64', about: ABOUT, size: '10' })).toMatch(
      /^Package: kiln\nVersion: 1\.2\.3\nArchitecture: amd64\n/,
    );
    // What Electron's binary is linked with and GTK does not bring: on a system without sound it would not start.
    const [, depends = ''] =
      /^Depends: (.*)$/m.exec(control({ version: '1', arch: 'x64', about: ABOUT, size: '1' })) ??
      [];
    expect(depends.split(', ')).toEqual(
      expect.arrayContaining([
        'libc6 (>= 2.36)',
        'libgtk-3-0',
        'libasound2',
        'libgbm1',
        'libdrm2',
        'libxcb-dri3-0',
      ]),
    );
  });

  it.skipIf(!hasDpkg())(
    'hold for Debian the program, its entry, and the sandbox’s own right',
    () => {
      const parts = packed();
      const licence = join(parts.stage, 'LICENSE');
      const deb = makeDeb({ ...parts, licence, version: '1.2.3', arch: 'x64', about: ABOUT });
      const list = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' });
      expect(list).toMatch(/^-rwsr-xr-x root\/root .* \.\/opt\/Kiln\/chrome-sandbox$/m);
      expect(list).toContain('./usr/share/applications/kiln.desktop');
      expect(list).toContain('./usr/share/mime/packages/kiln.xml');
      expect(list).toContain('./usr/bin/kiln-desktop -> /opt/Kiln/kiln');
      const root = join(parts.stage, 'unpacked-deb');
      execFileSync('dpkg-deb', ['--extract', deb, root]);
      // With them, nobody is asked for the administrator's password before the first flash.
      const rules = join(root, 'usr/lib/udev/rules.d');
      expect(readFileSync(join(rules, '60-kiln-keyboards.rules'), 'utf8')).toBe(udevRules());
    },
  );
});
