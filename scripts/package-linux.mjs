/**
 * Packages for Linux out of the unpacked folder, by the system's own `tar` and `dpkg-deb`: electron-builder fetches
 * programs for the same from the network. Used by scripts/package.mjs.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RULES_FILE, udevRules } from '../flash/udev/rules.ts';

/** As Debian calls them. */
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };
const ICON_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
/** What Electron's binary is linked with or looks for, by the names of Debian 12 and Ubuntu 22.04; later ones provide these. */
const DEPENDS =
  // The oldest that the toolchain runs on outside of the sandbox.
  'libc6 (>= 2.36), libgtk-3-0, libnotify4, libnss3, libxss1, libxtst6, xdg-utils, libatspi2.0-0, libuuid1, libsecret-1-0, ' +
  // None of the above brings these, and without them it does not start.
  'libasound2, libdrm2, libgbm1, libx11-xcb1, libxcb-dri3-0';
/** What builds firmware; `kiln doctor` names what is missing. */
const RECOMMENDS = 'make, gcc-arm-none-eabi, gcc-avr, avr-libc, bubblewrap, git, python3-venv';

/** Equal input gives equal bytes: order, owners and times are fixed. @returns {string} the file */
export function makeTar({ unpacked, target, name, seconds }) {
  const file = join(target, `${name}.tar.gz`);
  execFileSync(
    'tar',
    [
      '--sort=name',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      `--mtime=@${seconds}`,
      `--transform=s,^${basename(unpacked)},${name},`,
      '--use-compress-program=gzip -n',
      '-cf',
      file,
      basename(unpacked),
    ],
    { cwd: dirname(unpacked), stdio: 'inherit' },
  );
  return file;
}

/** @returns {string} the file */
export function makeDeb({ unpacked, target, name, stage, version, arch, about, icons, licence }) {
  const root = join(stage, 'deb');
  rmSync(root, { recursive: true, force: true });
  const at = (...parts) => join(root, ...parts);
  const put = (path, text) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  cpSync(unpacked, at('opt/Kiln'), { recursive: true, verbatimSymlinks: true });
  // Electron's way into its sandbox where user namespaces are switched off.
  const helper = at('opt/Kiln/chrome-sandbox');
  mkdirSync(at('usr/bin'), { recursive: true });
  symlinkSync('/opt/Kiln/kiln', at('usr/bin/kiln-desktop'));
  symlinkSync('/opt/Kiln/resources/bin/kiln', at('usr/bin/kiln'));
  put('usr/share/applications/kiln.desktop', desktopEntry(about));
  put('usr/share/mime/packages/kiln.xml', mimeTypes(about));
  // Where packages put theirs; a file of that name in /etc, which an administrator wrote, goes before it.
  put(`usr/lib/udev/rules.d/${basename(RULES_FILE)}`, udevRules());
  for (const size of ICON_SIZES) {
    const place = `usr/share/icons/hicolor/${size}x${size}/apps`;
    mkdirSync(at(place), { recursive: true });
    cpSync(join(icons, `${size}x${size}.png`), at(place, 'kiln.png'));
  }
  mkdirSync(at('usr/share/doc/kiln'), { recursive: true });
  cpSync(licence, at('usr/share/doc/kiln/copyright'));
  const kibibytes = execFileSync('du', ['-sk', '--apparent-size', root], { encoding: 'utf8' });
  put('DEBIAN/control', control({ version, arch, about, size: kibibytes.split('\t')[0] }));
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', root]);
  if (existsSync(helper)) chmodSync(helper, 0o4755);
  const file = join(target, `${name}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z3', '--build', root, file], {
    stdio: 'inherit',
  });
  rmSync(root, { recursive: true });
  return file;
}

/** @returns {boolean} whether packages for Debian can be made here */
export function hasDpkg() {
  try {
    execFileSync('dpkg-deb', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function control({ version, arch, about, size }) {
  const { synopsis, description, maintainer } = about;
  return `${[
    'Package: kiln',
    `Version: ${version}`,
    `Architecture: ${ARCHITECTURES[arch]}`,
    `Maintainer: ${maintainer}`,
    `Installed-Size: ${size}`,
    `Depends: ${DEPENDS}`,
    `Recommends: ${RECOMMENDS}`,
    'Section: utils',
    'Priority: optional',
    `Description: ${synopsis}`,
    ` ${description}`,
  ].join('\n')}\n`;
}

/** Offered under “Open with”; what opens JSON by default stays as it is. */
export function desktopEntry({ synopsis, fileAssociations }) {
  const types = fileAssociations.map(({ mimeType }) => mimeType);
  return `${[
    '[Desktop Entry]',
    'Type=Application',
    'Name=Kiln',
    `Comment=${synopsis}`,
    'Exec=/opt/Kiln/kiln %U',
    'Icon=kiln',
    'Terminal=false',
    'StartupWMClass=Kiln',
    'Categories=Utility;',
    `MimeType=${[...types, 'x-scheme-handler/kiln'].join(';')};`,
  ].join('\n')}\n`;
}

/** Types that no system knows by itself. */
function mimeTypes({ fileAssociations }) {
  const own = fileAssociations.filter(({ mimeType }) => mimeType.startsWith('application/x-'));
  const types = own.map(
    ({ ext, name, mimeType }) =>
      `  <mime-type type="${mimeType}">\n    <comment>${name}</comment>\n    <glob pattern="*.${ext}"/>\n  </mime-type>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">\n${types.join('\n')}\n</mime-info>\n`;
}

/** @returns {string} the folder that electron-builder left for this system */
export function unpackedFolder(packages) {
  const name = readdirSync(packages).find((entry) => /^linux(?:-\w+)?-unpacked$/.test(entry));
  if (name === undefined) throw new Error(`There is no unpacked folder in ${packages}.`);
  return join(packages, name);
}
