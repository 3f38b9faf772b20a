/**
 * What a package of Kiln says of the work of others in it: each package with its licence and its text, each part of the
 * toolchain with where its source is offered. Fails on a licence that nobody has looked at.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import satisfies from 'spdx-satisfies';
import { HOME } from './bootstrap.mjs';

/** They let a program under any licence be given away with the package in it, as long as the notice stays. */
const ALLOWED = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'X11',
  'Python-2.0',
];

/** Libraries that are linked into binaries of packages, under licences of their own. */
const INSIDE = [
  {
    of: 'node-hid',
    name: 'hidapi',
    licence: 'BSD-3-Clause',
    source: 'libusb/hidapi; the source is in the npm package node-hid.',
  },
  {
    of: 'node-hid',
    name: 'libusb',
    licence: 'LGPL-2.1-or-later',
    source: 'libusb/libusb; node-hid can be built anew against another one.',
  },
  {
    of: 'better-sqlite3',
    name: 'SQLite',
    licence: 'public domain',
    source: 'The source is in the npm package better-sqlite3.',
  },
];

const RULE = '-'.repeat(80);

/** @returns {string | undefined} why a package must not travel along */
export function refusalOf({ name, version, license: licence }) {
  if (typeof licence !== 'string') return `${name} ${version} names no licence`;
  try {
    if (satisfies(licence, ALLOWED)) return undefined;
  } catch {
    return `${name} ${version} is under «${licence}», which is no expression of SPDX`;
  }
  return `${name} ${version} is under ${licence}, which scripts/notices.mjs does not allow`;
}

function textOf(folder) {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => /^(?:licen[cs]e|copying|notice)/i.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8').trim())
    .join('\n\n');
}

function sectionOf({ name, version, license: licence, text }) {
  return `${RULE}\n${name} ${version}\n${licence}\n\n${text === '' ? 'The package has no text of its licence.' : text}\n`;
}

/** @param packages with their fields as package.json has them, and the text of their licence */
function packageNotices(packages) {
  const refused = packages.map(refusalOf).filter((reason) => reason !== undefined);
  if (refused.length > 0) {
    throw new Error(`Licences stand in the way of a package:\n  ${refused.join('\n  ')}`);
  }
  const names = new Set(packages.map(({ name }) => name));
  const inside = INSIDE.filter(({ of }) => names.has(of)).map(
    ({ of, name, licence, source }) =>
      `${RULE}\n${name}, inside of ${of}\n${licence}\n\n${source}\n`,
  );
  return [...packages.map(sectionOf), ...inside];
}

/** @param index what `kiln-toolchain.json` holds, or null where no toolchain travels along */
function toolchainNotices(index) {
  const packages = (index?.components ?? []).flatMap((component) => component.packages);
  if (packages.length === 0) return [];
  return [
    `${RULE}\nThe toolchain, whose programs run by themselves and are no part of Kiln. Its licences are in toolchain/,\n` +
      'and the source of each is offered where it says:\n',
    ...packages.map(
      ({ name, version, licence, source }) => `${name} ${version}\n  ${licence}\n  ${source}\n`,
    ),
  ];
}

/** @param {string | null} folder of a tree that scripts/bundle-tree.mjs made */
function treeNotices(folder) {
  if (folder === null) return [];
  const { name, origin, version } = JSON.parse(
    readFileSync(join(folder, 'kiln-tree.json'), 'utf8'),
  );
  const at = version.commit === null ? 'without git' : `commit ${version.commit}`;
  const changed = version.dirty ? ', with changes that are not committed' : '';
  return [
    `${RULE}\nThe firmware tree ${name}, whose images are built from it and are no part of Kiln.\n`,
    `${name}, ${origin ?? 'a folder'}, ${at}${changed}\n  GPL-2.0-or-later as a whole, parts under other terms; its licences are in tree/firmware.\n` +
      '  The source of every image is that folder itself; what was left out of it (documents, tests, demonstrations,\n' +
      '  pictures) is no part of any image.\n',
  ];
}

/**
 * @param {readonly string[]} paths of packages below the checkout, as the lockfile names them
 * @param {string | null} toolchain the folder of a staged one
 * @param {string | null} tree the folder of a firmware tree that travels along
 * @param {string} window the folder of the built window, which lists what is in it
 * @returns {string} the text
 * @throws Error naming each licence that is not allowed
 */
export function noticesOf(paths, toolchain, tree, window) {
  const packages = new Map();
  for (const path of paths) {
    const folder = join(HOME, path);
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    packages.set(`${name} ${version}`, { name, version, license, text: textOf(folder) });
  }
  const [own, ...inWindow] = JSON.parse(readFileSync(join(window, 'licences.json'), 'utf8'));
  for (const { name, version, licence, text } of inWindow) {
    packages.set(`${name} ${version}`, { name, version, license: licence, text });
  }
  const sorted = [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const index =
    toolchain === null
      ? null
      : JSON.parse(readFileSync(join(toolchain, 'kiln-toolchain.json'), 'utf8'));
  return [
    `Kiln ${own.version}, ${own.licence}\n\n${own.text.trim()}\n`,
    `${RULE}\nKiln is made with the work of others, which follows, each with its licence.\n`,
    ...packageNotices(sorted),
    ...toolchainNotices(index),
    ...treeNotices(tree),
  ].join('\n');
}
