/**
 * Builds every keyboard of the default tree in turn, while nobody else wants anything. Runs in a process of its own at
 * the lowest priority, so that it never has a worker's place; and gives its build up at once when a job comes in.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { admitToBuild } from '../../api/submission.ts';
import type { Catalogue, Catalogues, KeyboardInfo } from '../../core/catalogue/contract.ts';
import type { CompilePayload } from '../../core/compile/job.ts';
import { KilnError, toKilnError } from '../../core/errors.ts';
import { blankKeymap, usualLayout } from '../../core/keymap/blank.ts';
import type { Logger } from '../../core/log.ts';
import type { JobQueue } from '../../core/queue/contract.ts';
import type { TestAnswer, TestedKeymap, TesterStatus } from '../../core/test-builds/contract.ts';
import type { TestStore } from '../../core/test-builds/store.ts';
import type { FirmwareTree } from '../../core/trees/contract.ts';
import type { EditableTreeRegistry } from '../../core/trees/registry.ts';
import type { CheckRun } from './check-desk.ts';

export interface TestBuildOptions {
  readonly store: TestStore;
  readonly trees: EditableTreeRegistry;
  readonly catalogues: Catalogues;
  readonly queue: JobQueue;
  readonly log: Logger;
  /** Carries one build out. @throws KilnError as a build does */
  readonly run: (build: CheckRun) => Promise<TestAnswer>;
  /** What tells the states of a tree apart: its commit, say. */
  readonly versionOf: (tree: FirmwareTree) => Promise<string>;
  readonly now?: () => number;
  /** Milliseconds without people's jobs before the next build begins. */
  readonly quietMs?: number;
}

export interface TestBuilds {
  status(): TesterStatus;
  stop(): Promise<void>;
}

/** A keyboard whose tree has not changed is tested again after so long, in milliseconds. */
export const TESTED_AGAIN_MS = 24 * 3_600_000;
const LOOK_EVERY_MS = 2000;
/** Somebody who builds often builds again. */
const QUIET_MS = 3000;
const REST_MS = 60_000;
const AFTER_TROUBLE_MS = 30_000;

interface Prepared {
  readonly payload: CompilePayload;
  readonly keymap: TestedKeymap;
}

async function ownKeymap(
  keyboard: string,
  tree: string,
  info: KeyboardInfo,
  catalogue: Catalogue,
): Promise<Uint8Array | null> {
  const listed = info.keymaps?.default;
  const text = listed === undefined ? null : await catalogue.keymap(listed.path);
  return text === null
    ? null
    : Buffer.from(JSON.stringify({ ...JSON.parse(text), keyboard, branch: tree }));
}

/** @throws KilnError why the keyboard cannot even be asked for: a failure of its own */
async function prepare(
  keyboard: string,
  tree: string,
  parts: Pick<TestBuildOptions, 'trees' | 'catalogues'>,
): Promise<Prepared> {
  const catalogue = await parts.catalogues.forTree(tree);
  const info = await catalogue.info(keyboard);
  const own = await ownKeymap(keyboard, tree, info, catalogue);
  if (own !== null) {
    try {
      return { payload: await admitToBuild(own, parts), keymap: 'default' };
    } catch {
      // A keymap that needs more than JSON can say tells nothing of the keyboard; the empty one does.
    }
  }
  const layout = usualLayout(info);
  if (layout === null) {
    throw new KilnError('keyboard.metadata-broken', `The keyboard ${keyboard} has no layout.`);
  }
  const blank = { ...blankKeymap(keyboard, layout, info), branch: tree };
  const payload = await admitToBuild(Buffer.from(JSON.stringify(blank)), parts);
  return { payload, keymap: 'generated' };
}

/** The first keyboard after a place that needs a test; names are sorted, and begin anew at the end. */
export function nextToTest(
  names: readonly string[],
  position: string | null,
  needsTest: (keyboard: string) => boolean,
): string | null {
  const at = position === null ? 0 : names.findIndex((name) => name >= position);
  const start = at < 0 ? 0 : at;
  const inTurn = [...names.slice(start), ...names.slice(0, start)];
  return inTurn.find(needsTest) ?? null;
}

export function startTestBuilds(options: TestBuildOptions): TestBuilds {
  const { store, trees, catalogues, queue, log, now = Date.now, quietMs = QUIET_MS } = options;
  const stop = new AbortController();
  let current: { readonly keyboard: string; readonly build: AbortController } | null = null;
  let status: TesterStatus = { state: 'yielding', tree: null, keyboard: null, yielded: 0 };
  let busyAt = Number.NEGATIVE_INFINITY;

  const isQuiet = async (): Promise<boolean> => {
    const { queued, running } = await queue.counts();
    if (queued + running > 0) busyAt = performance.now();
    return queued + running === 0;
  };
  /** Each change of the queue: a job that came in has the build given up before its worker has read it. */
  const look = async (): Promise<void> => {
    if ((await isQuiet()) || current === null || current.build.signal.aborted) return;
    status = { ...status, state: 'yielding', keyboard: null, yielded: status.yielded + 1 };
    current.build.abort();
  };
  const unwatch = queue.watch(() => {
    look().catch((error: unknown) => log.warn({ err: error }, 'the queue could not be looked at'));
  });

  const untilQuiet = async (): Promise<void> => {
    for (;;) {
      if ((await isQuiet()) && performance.now() - busyAt >= quietMs) return;
      await sleep(Math.min(LOOK_EVERY_MS, quietMs), undefined, { signal: stop.signal });
    }
  };

  const choose = async (): Promise<{ tree: string; keyboard: string; version: string } | null> => {
    const tree = await trees.defaultTree();
    const version = await options.versionOf(tree);
    const names = await (await catalogues.forTree(tree.name)).keyboards();
    const ages = store.ages(tree.name);
    const needsTest = (name: string): boolean => {
      const age = ages.get(name);
      return age === undefined || age.version !== version || now() - age.testedAt > TESTED_AGAIN_MS;
    };
    const keyboard = nextToTest(names, store.position(tree.name), needsTest);
    return keyboard === null ? null : { tree: tree.name, keyboard, version };
  };

  /** @returns null when it was given up: nothing is known of the keyboard then. */
  const test = async (
    tree: string,
    keyboard: string,
  ): Promise<(TestAnswer & { keymap: TestedKeymap | null }) | null> => {
    const build = new AbortController();
    const abort = (): void => build.abort();
    stop.signal.addEventListener('abort', abort);
    current = { keyboard, build };
    let keymap: TestedKeymap | null = null;
    try {
      const prepared = await prepare(keyboard, tree, options);
      keymap = prepared.keymap;
      // A job may have come in while the keyboard was read.
      await look();
      if (build.signal.aborted) return null;
      const { signal } = build;
      const { payload } = prepared;
      return { ...(await options.run({ payload, signal, onPlan: () => undefined })), keymap };
    } catch (error) {
      if (build.signal.aborted) return null;
      const known = toKilnError(error);
      // The machine's trouble, not the keyboard's.
      if (known.kind !== 'user' && known.code !== 'job.timed-out') throw known;
      return { works: false, warnings: false, message: known.message, durationMs: 0, keymap };
    } finally {
      current = null;
      stop.signal.removeEventListener('abort', abort);
    }
  };

  const step = async (): Promise<void> => {
    status = { ...status, state: 'yielding', keyboard: null };
    await untilQuiet();
    const next = await choose();
    if (next === null) {
      status = { ...status, state: 'resting', tree: null };
      await sleep(REST_MS, undefined, { signal: stop.signal });
      return;
    }
    const { tree, keyboard, version } = next;
    store.moveTo(tree, keyboard);
    status = { ...status, state: 'building', tree, keyboard };
    const answer = await test(tree, keyboard);
    if (answer === null) return;
    store.save(tree, keyboard, { ...answer, version, testedAt: now() });
    const { works, warnings, durationMs } = answer;
    log.debug({ tree, keyboard, works, warnings, durationMs }, 'keyboard tested');
  };

  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await step();
      } catch (error) {
        if (stop.signal.aborted) return;
        log.warn({ err: error }, 'test builds pause');
        await sleep(AFTER_TROUBLE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
  };
  const done = loop();

  return {
    status: () => status,
    async stop() {
      stop.abort();
      unwatch();
      await done;
    },
  };
}
