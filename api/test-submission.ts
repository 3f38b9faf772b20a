/** Queues the build that shows whether a keyboard works: an empty keymap of one of its layouts. */
import type { z } from 'zod';
import { KilnError } from '../core/errors.ts';
import { blankKeymap, usualLayout } from '../core/keymap/blank.ts';
import { quoteForMessage } from '../core/keymap/refusal.ts';
import type { Job } from '../core/queue/contract.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { testKeyboardBody } from './schemas/kiln-queue.ts';
import { type Sender, submitKeymap } from './submission.ts';

type Needed = Pick<ApiDependencies, 'queue' | 'trees' | 'catalogues' | 'settings'>;

/**
 * @param sender for operators: who sent it, and by which request.
 * @throws KilnError `keyboard.unknown` also for a keyboard without layouts; as `submitKeymap` else
 */
export async function submitTest(
  wanted: z.infer<typeof testKeyboardBody>,
  sender: Sender,
  needed: Needed,
): Promise<Job> {
  const { trees, catalogues } = needed;
  const tree = wanted.tree === undefined ? await trees.defaultTree() : await trees.get(wanted.tree);
  const catalogue = await catalogues.forTree(tree.name);
  const keyboard = await catalogue.resolve(wanted.keyboard);
  if (keyboard === null) {
    throw new KilnError(
      'keyboard.unknown',
      `The firmware tree ${tree.name} has no keyboard ${quoteForMessage(wanted.keyboard)}.`,
    );
  }
  const info = await catalogue.info(keyboard);
  const layout = wanted.layout ?? usualLayout(info);
  if (layout === null) {
    throw new KilnError('keyboard.metadata-broken', `The keyboard ${keyboard} has no layout.`);
  }
  const resolved = info.layout_aliases?.[layout] ?? layout;
  const keymap = { ...blankKeymap(keyboard, resolved, info), branch: tree.name };
  return submitKeymap(Buffer.from(JSON.stringify(keymap)), sender, needed);
}
