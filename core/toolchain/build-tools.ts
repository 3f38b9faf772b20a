/** Which programs a build needs: what a worker looks for before it builds, and what it offers to the others of a service. */
import type { TreeKind } from '../trees/contract.ts';
import type { ToolName } from './tools.ts';

export const STARTER_TOOLS: readonly ToolName[] = ['make', 'avrGcc', 'avrObjcopy', 'avrSize'];

const QMK_TOOLS: readonly ToolName[] = ['make', 'qmk'];

/** Which compiler a platform takes; a platform that is not listed is left to the tree to judge. */
const PLATFORM_TOOLS: Readonly<Record<string, readonly ToolName[]>> = {
  avr: ['avrGcc', 'avrObjcopy', 'avrSize'],
  chibios: ['armGcc', 'armObjcopy'],
  arm_atsam: ['armGcc', 'armObjcopy'],
};

/** @param platform QMK's `platform` of the processor; null where only the build finds out. */
export function buildTools(kind: TreeKind, platform: string | null): readonly ToolName[] {
  if (kind === 'starter') return STARTER_TOOLS;
  return [...QMK_TOOLS, ...(PLATFORM_TOOLS[platform ?? ''] ?? [])];
}

/** Every program that some build needs. */
export const BUILD_TOOLS: readonly ToolName[] = [
  ...new Set([STARTER_TOOLS, QMK_TOOLS, ...Object.values(PLATFORM_TOOLS)].flat()),
];
