/**
 * Packages the desktop for the system that it runs on:
 *
 *     npm run package              every format of electron-builder.yml for this system
 *     npm run package -- --dir     the unpacked folder only: needs nothing but an Electron
 *
 * Electron is the one that `npx install-electron` fetched, or the folder that KILN_ELECTRON_DIST names. The toolchain in
 * dist/toolchain, or in the folder of KILN_TOOLCHAIN, travels along, and so does the firmware tree that KILN_BUNDLE_TREE names
 * (scripts/bundle-tree.mjs); without it, the starter tree is all there is.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { HOME, isMain } from './bootstrap.mjs';
import { buildApp } from './build-app.mjs';
import { buildShell } from './build-shell.mjs';
import { bundleService } from './bundle-service.mjs';
import { bundleNamedTree } from './bundle-tree.mjs';
import { noticesOf } from './notices.mjs';
import { hasDpkg, makeDeb, makeTar, unpackedFolder } from './package-linux.mjs';
import { stageService } from './stage-service.mjs';

const STAGE = join(HOME, 'dist/stage');
/** Electrons before this have no fuses to set. */
const FIRST_WITH_FUSES = 16;

/** Packages that are no part of the product: the Node of a checkout, whose binary is taken by itself. */
const LEFT_OUT = /^node-(?:linux|darwin|win)/;
/** What is left behind when a native package is compiled, or what it would be compiled from. */
const SOURCES = new Set(['deps', 'src', 'binding.gyp', 'obj', 'obj.target', 'test', 'docs']);
const NATIVE = new Set(['better-sqlite3', 'usb', 'node-hid', '@serialport/bindings-cpp']);

/** @returns {boolean} whether a package of the lockfile belongs into a product for this system */
export function isShipped(path, entry, { platform, arch }) {
  if (!path.startsWith('node_modules/') || entry.dev || entry.devOptional) return false;
  if (LEFT_OUT.test(path.slice('node_modules/'.length))) return false;
  const fits = (list, name) =>
    list === undefined ||
    list.includes(name) ||
    (list[0]?.startsWith('!') && !list.includes(`!${name}`));
  return fits(entry.os, platform) && fits(entry.cpu, arch);
}

/** @returns {boolean} whether a file or folder inside of a package is needed to run it on this system */
export function isNeeded(name, inside, { platform, arch }) {
  const parts = inside.split(sep);
  if (NATIVE.has(name) && SOURCES.has(parts[0])) return false;
  // Of its repository, not of the program: .github, .npmignore and the like.
  if (parts.some((part) => part.startsWith('.'))) return false;
  const at = parts.indexOf('prebuilds');
  const build = at === -1 ? undefined : parts[at + 1];
  // `linux-x64.node`, `linux-x64`, `HID-linux-x64`, `darwin-x64+arm64`
  if (build !== undefined) {
    return new RegExp(`(?:^|-)${platform}-(?:\\w+\\+)*${arch}(?:\\+\\w+)*(?:\\.node)?$`).test(
      build,
    );
  }
  return !/\.(?:d\.[cm]?ts|map|md|markdown)$/i.test(basename(inside)) || /licen[cs]e/i.test(inside);
}

/** @returns {string[]} packages of the lockfile that a product for that system has, as far as they are on the disk */
export function shippedPackages(system) {
  const lockfile = JSON.parse(readFileSync(join(HOME, 'package-lock.json'), 'utf8'));
  return Object.entries(lockfile.packages)
    .filter(([path, entry]) => isShipped(path, entry, system))
    .map(([path]) => path)
    .filter((path) => existsSync(join(HOME, path)));
}

export function stagePackages(target, system) {
  for (const path of shippedPackages(system)) {
    const from = join(HOME, path);
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    cpSync(from, join(target, path), {
      recursive: true,
      filter: (file) => {
        const inside = relative(from, file);
        // Packages below it have entries of their own.
        if (inside.split(sep)[0] === 'node_modules') return false;
        return inside === '' || isNeeded(name, inside, system);
      },
    });
  }
}

/** Fails before anything is packaged when a licence is in the way. */
export function stageNotices(target, system, tree) {
  const text = noticesOf(
    shippedPackages(system),
    findStagedToolchain(),
    tree,
    join(HOME, 'renderer/dist'),
  );
  writeFileSync(join(target, 'NOTICES.txt'), text);
}

/** The command line of a package, found through links too, as /usr/bin/kiln may be one. */
const LAUNCHER = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/../node/node" "$here/../service/cli/kiln.js" "$@"
`;

/** @param {string} target a folder beside those of the service and of Node */
export function stageLauncher(target) {
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'kiln'), LAUNCHER);
  chmodSync(join(target, 'kiln'), 0o755);
}

/** The Node that runs this is the one that the service runs on. */
export function stageNode(target) {
  mkdirSync(target, { recursive: true });
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  copyFileSync(process.execPath, join(target, name));
  const licence = [dirname(process.execPath), dirname(dirname(process.execPath))]
    .map((folder) => join(folder, 'LICENSE'))
    .find((file) => existsSync(file));
  if (licence !== undefined) copyFileSync(licence, join(target, 'LICENSE'));
}

/** Named as electron-builder looks for them. */
function stageIcons(target) {
  mkdirSync(target, { recursive: true });
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) {
    copyFileSync(join(HOME, `resources/icons/${size}.png`), join(target, `${size}x${size}.png`));
  }
}

/** The toolchain that travels along: what `kiln toolchain stage` made, or the folder that KILN_TOOLCHAIN names. */
export function findStagedToolchain() {
  const folder = process.env.KILN_TOOLCHAIN ?? join(HOME, 'dist/toolchain');
  return existsSync(join(folder, 'kiln-toolchain.json')) ? folder : null;
}

/** With its links and times, and with files that share their bytes as they are: Node's own copy would part them. */
export function copyWhole(folder, target) {
  if (process.platform === 'win32') cpSync(folder, target, { recursive: true });
  else execFileSync('cp', ['-a', folder, target]);
}

/**
 * As it is, to be used where it lies; or in one compressed file when KILN_PACK_TOOLCHAIN is `on`, to be unpacked once for each
 * user at the first start (core/toolchain/pack.ts).
 * @param {string} target the folder that the service lies in
 */
export async function addToolchain(toolchain, target) {
  if (process.env.KILN_PACK_TOOLCHAIN !== 'on') {
    copyWhole(toolchain, join(target, 'toolchain'));
    return;
  }
  const { packToolchain } = await import('../core/toolchain/pack.ts');
  await packToolchain(toolchain, join(target, 'packed-toolchain'));
}

/** electron-builder copies no folder of packages as a resource; and a packaged Electron needs no welcome page. */
async function addPackages({ appOutDir, packager }, tree) {
  const resources = packager.getResourcesDir(appOutDir);
  cpSync(join(STAGE, 'service/node_modules'), join(resources, 'service/node_modules'), {
    recursive: true,
  });
  rmSync(join(resources, 'default_app.asar'), { force: true });
  if (tree !== null) copyWhole(tree, join(resources, 'tree'));
  const toolchain = findStagedToolchain();
  if (toolchain !== null) {
    await addToolchain(toolchain, resources);
    return;
  }

  console.warn(
    'No toolchain travels along: run kiln toolchain stage first, or set KILN_TOOLCHAIN.',
  );
}

function findElectron() {
  const fetched = join(
    dirname(createRequire(import.meta.url).resolve('electron/package.json')),
    'dist',
  );
  const folder = process.env.KILN_ELECTRON_DIST ?? fetched;
  const versionFile = join(folder, 'version');
  if (!existsSync(versionFile)) {
    throw new Error(
      `There is no Electron in ${folder}. Run: npx install-electron, or set KILN_ELECTRON_DIST.`,
    );
  }
  return { folder, version: readFileSync(versionFile, 'utf8').trim().replace(/^v/, '') };
}

/** electron-builder's, unpacked; without them it would fetch them. */
function hasAppImageTools() {
  return process.env.APPIMAGE_TOOLS_PATH !== undefined;
}

/**
 * What is made by the system's own tools; what cannot be made is said, and is no failure.
 * @param about the part `linux` of electron-builder.yml
 */
function makeLinuxPackages(about) {
  const { version } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
  const target = join(HOME, 'dist/packages');
  const unpacked = unpackedFolder(target);
  const name = `kiln-${version}-linux-${process.arch}`;
  const made = [makeTar({ unpacked, target, name, seconds: commitTime() })];
  if (hasDpkg()) {
    const parts = {
      icons: join(STAGE, 'icons'),
      licence: join(STAGE, 'service/NOTICES.txt'),
      stage: STAGE,
    };
    const { arch } = process;
    made.push(makeDeb({ unpacked, target, name, version, arch, about, ...parts }));
  } else console.warn('No deb: dpkg-deb is missing (on other systems: the package dpkg).');
  if (!hasAppImageTools())
    console.warn('No AppImage: APPIMAGE_TOOLS_PATH names no tools for it; see docs/desktop.md.');
  return made;
}

/** Seconds since 1970, of what is packaged; now where no git tells. */
function commitTime() {
  const { SOURCE_DATE_EPOCH } = process.env;
  if (SOURCE_DATE_EPOCH !== undefined) return SOURCE_DATE_EPOCH;
  const git = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: HOME, encoding: 'utf8' });
  return git.status === 0 ? git.stdout.trim() : String(Math.floor(Date.now() / 1000));
}

if (isMain(import.meta.url)) {
  const electron = findElectron();
  const system = { platform: process.platform, arch: process.arch };
  await buildApp();
  await buildShell();
  rmSync(STAGE, { recursive: true, force: true });
  stageService(join(STAGE, 'service'));
  await bundleService(join(STAGE, 'service'));
  const tree = await bundleNamedTree(findStagedToolchain());
  stageNotices(join(STAGE, 'service'), system, tree);
  stagePackages(join(STAGE, 'service'), system);
  stageNode(join(STAGE, 'node'));
  // There is no shell to run it on Windows.
  if (process.platform !== 'win32') stageLauncher(join(STAGE, 'bin'));
  else mkdirSync(join(STAGE, 'bin'));
  stageIcons(join(STAGE, 'icons'));
  const hasFuses = Number.parseInt(electron.version, 10) >= FIRST_WITH_FUSES;
  if (!hasFuses)
    console.warn(`Electron ${electron.version} has no fuses: the package is for trying only.`);
  const onlyFolder = process.argv.includes('--dir');
  const { build } = await import('electron-builder');
  let about;
  const made = await build({
    projectDir: HOME,
    publish: 'never',
    dir: onlyFolder || (process.platform === 'linux' && !hasAppImageTools()),
    config: {
      extends: join(HOME, 'electron-builder.yml'),
      electronDist: electron.folder,
      electronVersion: electron.version,
      afterPack: async (context) => {
        await addPackages(context, tree);
        about = context.packager.platformSpecificBuildOptions;
      },
      ...(hasFuses ? {} : { electronFuses: null }),
    },
  });
  if (process.platform === 'linux' && !onlyFolder) made.push(...makeLinuxPackages(about));
  console.log(made.length === 0 ? 'The package is in dist/packages.' : made.join('\n'));
}
