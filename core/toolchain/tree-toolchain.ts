/** The toolchain that a tree is built with: the usual one, or tools that a person chose for it. */
import type { DataPaths, Settings } from '../settings.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import { createToolchain, type Toolchain } from './toolchain.ts';

export type ToolchainOf = (tree: Pick<FirmwareTree, 'toolchain'>) => Toolchain;

/** @param usual of trees for which nothing was chosen. */
export function createToolchainOf(
  settings: Settings,
  paths: DataPaths,
  usual: Toolchain,
): ToolchainOf {
  const chosen = new Map<string, Toolchain>();
  return ({ toolchain: folder }) => {
    if (folder === null) return usual;
    const known = chosen.get(folder) ?? createToolchain(settings, paths, undefined, folder);
    chosen.set(folder, known);
    return known;
  };
}
