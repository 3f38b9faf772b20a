/** Where the toolchain lies that travels with Kiln, if one does. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { besideService } from '../beside.ts';
import type { DataPaths, Settings } from '../settings.ts';
import { INDEX_NAME } from './bundle-index.ts';
import { findPack, type Pack, unpackedFolder } from './shipped-pack.ts';

const SHIPPED = besideService('toolchain');

/** Whether a staged toolchain lies there, whole as far as its index tells. */
export function isBundle(folder: string): boolean {
  return existsSync(join(folder, INDEX_NAME));
}

/**
 * The bundled toolchain: the folder of the settings, else the one that was unpacked, else the one that the package
 * brought.
 * @param shipped for tests; beside the service by default.
 * @param pack for tests; what lies beside the service by default.
 * @returns its folder, or null: there is none, or it is not unpacked yet.
 */
export function findBundle(
  { toolchainDir }: Pick<Settings, 'toolchainDir'>,
  paths: DataPaths,
  shipped: string | null = SHIPPED,
  pack: Pack | null = findPack(),
): string | null {
  const unpacked = unpackedFolder(pack, paths.toolchain);
  const places = toolchainDir === undefined ? [unpacked, shipped] : [toolchainDir];
  return places.find((folder) => folder !== null && isBundle(folder)) ?? null;
}

/** Where a bundled toolchain keeps its programs. */
export function bundleBin(folder: string): string {
  return join(folder, process.platform === 'win32' ? 'tools/bin' : 'usr/bin');
}
