/**
 * Renders the drawings of `resources/icons` to the pictures that systems ask for, and packs those of Windows and macOS.
 * Both containers take PNG as it is, so that packing them is a header each.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOME, isMain } from './bootstrap.mjs';

const FOLDER = join(HOME, 'resources/icons');
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Up to here the fine lines of the large drawing would be a blur. */
const SMALL = 64;
const TRAY = ['idle', 'busy', 'trouble'];

function render(drawing, size) {
  const file = join(FOLDER, `${drawing}.svg`);
  const args = ['--width', String(size), '--height', String(size), file];
  const { stdout, status, error } = spawnSync('rsvg-convert', args, { maxBuffer: 1 << 24 });
  if (status === 0) return stdout;
  throw new Error('rsvg-convert is missing or failed (Debian: librsvg2-bin).', { cause: error });
}

/**
 * @param {ReadonlyMap<number, Buffer>} pictures PNG by size, at most 256
 * @returns {Buffer} a Windows icon
 */
export function packIco(pictures) {
  const entries = [...pictures];
  const header = Buffer.alloc(6 + 16 * entries.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(entries.length, 4);
  let offset = header.length;
  for (const [index, [size, png]] of entries.entries()) {
    const at = 6 + 16 * index;
    // 256 does not fit a byte, and is written as 0.
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...entries.map(([, png]) => png)]);
}

/** The names of PNG pictures in a macOS icon, by size; the doubled ones are for fine screens. */
const ICNS_TYPES = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
];

/**
 * @param {ReadonlyMap<number, Buffer>} pictures PNG by size
 * @returns {Buffer} a macOS icon
 */
export function packIcns(pictures) {
  const chunk = (type, content) => {
    const header = Buffer.alloc(8);
    header.write(type, 0, 'latin1');
    header.writeUInt32BE(8 + content.length, 4);
    return Buffer.concat([header, content]);
  };
  const chunks = ICNS_TYPES.map(([type, size]) => chunk(type, pictures.get(size)));
  return chunk('icns', Buffer.concat(chunks));
}

if (isMain(import.meta.url)) {
  const write = (name, content) => writeFileSync(join(FOLDER, name), content);
  const pictures = new Map(
    SIZES.map((size) => [size, render(size <= SMALL ? 'kiln-small' : 'kiln', size)]),
  );
  for (const [size, png] of pictures) write(`${size}.png`, png);
  write('icon.ico', packIco(new Map([...pictures].filter(([size]) => size <= 256))));
  write('icon.icns', packIcns(pictures));
  for (const name of TRAY) {
    write(`tray-${name}.png`, render(`tray-${name}`, 22));
    write(`tray-${name}@2x.png`, render(`tray-${name}`, 44));
  }
}
