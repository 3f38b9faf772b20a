/** Which of the tree's generators read a keymap, and whether a plan can stand for them. */

import type { RecordedCommand } from '../plan/recorder.ts';
import { NoPlan } from '../plan/select-steps.ts';

/**
 * They read nothing of a keymap but what is part of a plan's key: `config`, `modules`, `converter`, `keycodes` and
 * whether there are encoders.
 */
const DERIVED = new Set([
  'generate-rules-mk',
  'generate-config-h',
  'generate-keymap-h',
  'generate-community-modules-rules-mk',
  'generate-community-modules-h',
  'generate-community-modules-c',
  'generate-community-modules-introspection-h',
  'generate-community-modules-introspection-c',
  'generate-led-matrix-community-modules-inc',
  'generate-rgb-matrix-community-modules-inc',
]);
/** What Kiln writes itself, character by character. */
const REPLACED = new Set(['json2c', 'compile']);

/**
 * @returns the commands without the tree's generators, whose results are part of a plan or written by Kiln.
 * @throws NoPlan when the tree makes something of the keymap that is not known here.
 */
export function withoutGenerators(
  commands: readonly RecordedCommand[],
): readonly RecordedCommand[] {
  for (const { program, args } of commands) {
    if (program !== 'qmk') continue;
    const [name = ''] = args;
    if (!args.some((arg) => arg.endsWith('keymap.json'))) continue;
    if (!DERIVED.has(name) && !REPLACED.has(name)) {
      throw new NoPlan(`the tree runs qmk ${name} on the keymap, which Kiln does not know`);
    }
  }
  return commands.filter(({ program }) => program !== 'qmk');
}
