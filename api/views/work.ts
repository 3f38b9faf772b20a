/** Background work as clients see it. */
import type { Work } from '../../core/background/work.ts';
import { treePreviewSchema, type WorkView } from '../schemas/kiln-trees.ts';

export const WORK = {
  addTree: 'add-tree',
  updateTree: 'update-tree',
  previewTree: 'preview-tree',
  installToolchain: 'install-toolchain',
  repairToolchain: 'repair-toolchain',
} as const;

export function workView({ kind, result, ...work }: Work): WorkView {
  const preview =
    kind === WORK.previewTree && result !== null ? treePreviewSchema.parse(result) : null;
  return { ...work, kind: kind as WorkView['kind'], preview };
}
