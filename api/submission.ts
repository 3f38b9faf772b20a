/** From a request's bytes to a job in the queue: the only way in for a keymap over HTTP. */
import type { KeyboardInfo } from '../core/catalogue/contract.ts';
import { COMPILE, type CompilePayload } from '../core/compile/job.ts';
import { KilnError } from '../core/errors.ts';
import {
  type AdmittedKeymap,
  admitForKeyboard,
  admitKeymap,
  type ShapedKeymap,
} from '../core/keymap/admit.ts';
import { quoteForMessage } from '../core/keymap/refusal.ts';
import { serialiseKeymap } from '../core/keymap/serialise.ts';
import type { Job } from '../core/queue/contract.ts';
import type { FirmwareTree, TreeRegistry } from '../core/trees/contract.ts';
import type { ApiDependencies } from './dependencies.ts';

type Needed = Pick<ApiDependencies, 'queue' | 'trees' | 'catalogues' | 'settings' | 'needsOf'>;

/**
 * Admits a keymap. Nothing is written.
 * @param bytes the request's body as it came; of it only what admission writes anew goes on.
 * @throws KilnError `request.*`, `keymap.refused`; what the tree's catalogue throws
 */
export async function admitToBuild(
  bytes: Uint8Array,
  { trees, catalogues }: Pick<Needed, 'trees' | 'catalogues'>,
): Promise<CompilePayload> {
  const shaped = admitKeymap(bytes);
  const tree = await treeOf(shaped, trees);
  const catalogue = await catalogues.forTree(tree.name);
  const keyboard = await catalogue.resolve(shaped.keyboard);
  if (keyboard === null) {
    throw new KilnError(
      'keymap.refused',
      `The firmware tree ${tree.name} has no keyboard ${quoteForMessage(shaped.keyboard)}.`,
      {
        remedy: 'Choose a keyboard of GET /v1/keyboards.',
        details: { member: 'keyboard', index: [], rule: 'keyboard.unknown' },
      },
    );
  }
  const [info, facts] = await Promise.all([catalogue.info(keyboard), catalogue.facts()]);
  const admitted = admitForKeyboard(shaped, keyboard, info, facts);
  return {
    tree: tree.name,
    keyboard: admitted.keyboard,
    keymap: admitted.keymap,
    layout: admitted.layout,
    platform: platformOf(admitted, info),
    ...(admitted.hand === undefined ? {} : { hand: admitted.hand }),
    keymapJson: serialiseKeymap(admitted),
  };
}

export interface Sender {
  /** A network address, or the part of Kiln. */
  readonly client: string;
  readonly requestId?: string;
}

/**
 * Admits a keymap and queues its build. Until the last step nothing is written.
 * @param sender for operators: who sent it, and by which request.
 * @param key see `NewJob.key`.
 * @throws KilnError as `admitToBuild`, and `queue.full`
 */
export async function submitKeymap(
  bytes: Uint8Array,
  sender: Sender,
  needed: Needed,
  key?: string,
): Promise<Job> {
  const payload = await admitToBuild(bytes, needed);
  const timeLimitMs = needed.settings.jobTimeoutSeconds * 1000;
  const title = `${payload.keyboard} ${payload.keymap} ${payload.tree}`;
  const { tree: name, platform } = payload;
  const needs = (await needed.needsOf?.({ tree: await needed.trees.get(name), platform })) ?? [];
  return needed.queue.submit({
    kind: COMPILE,
    payload,
    title,
    ...sender,
    timeLimitMs,
    needs,
    ...(key === undefined ? {} : { key }),
  });
}

/** A converter builds for another processor than the keyboard's own; which one only the build finds out. */
function platformOf({ converter }: AdmittedKeymap, { platform_key }: KeyboardInfo): string | null {
  return converter === undefined && typeof platform_key === 'string' ? platform_key : null;
}

/** `branch` names a git branch at the hosted API, and one of the firmware trees here. */
async function treeOf({ branch }: ShapedKeymap, trees: TreeRegistry): Promise<FirmwareTree> {
  if (branch === null) return trees.defaultTree();
  const known = await trees.list();
  const tree = known.find(({ name }) => name === branch);
  if (tree !== undefined) return tree;
  const names = known.map(({ name }) => name).join(', ');
  throw new KilnError(
    'keymap.refused',
    `There is no firmware tree ${quoteForMessage(branch)}; there are: ${names}.`,
    {
      remedy: 'Leave branch out, or name one of these trees.',
      details: { member: 'branch', index: [], rule: 'branch.unknown' },
    },
  );
}
