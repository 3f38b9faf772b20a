/** Where the packed toolchain lies that travels with Kiln, if one does, and where it goes. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { besideService } from '../beside.ts';
import type { DataPaths, Settings } from '../settings.ts';

const SHIPPED = besideService('packed-toolchain');

/** The digest of the toolchain is part of the name: another one is unpacked beside it. */
const PACK_NAME = /^toolchain-([0-9a-f]{16})\.tar\.zst$/;

export interface Pack {
  /** The compressed file. */
  readonly file: string;
  /** First digits of the toolchain's digest. */
  readonly id: string;
}

/**
 * @param folder for tests; beside the service by default.
 * @returns null where no toolchain was packed.
 */
export function findPack(folder: string | null = SHIPPED): Pack | null {
  if (folder === null || !existsSync(folder)) return null;
  for (const name of readdirSync(folder)) {
    const id = PACK_NAME.exec(name)?.[1];
    if (id !== undefined) return { file: join(folder, name), id };
  }
  return null;
}

/** Where a packed toolchain is unpacked to. */
export function unpackedFolder(pack: Pack | null, toolchainFolder: string): string {
  return join(toolchainFolder, pack === null ? 'bundled' : `bundled-${pack.id}`);
}

/** Whether a packed toolchain came along that is not unpacked yet, and is the one to be used. */
export function needsUnpacking(
  { toolchainDir }: Pick<Settings, 'toolchainDir'>,
  paths: DataPaths,
  pack: Pack | null = findPack(),
): pack is Pack {
  if (pack === null || toolchainDir !== undefined) return false;
  return !existsSync(unpackedFolder(pack, paths.toolchain));
}
