/**
 * A folder in which the next build by the same plan can begin at once: all is laid out but the sources, and a sandbox waits
 * in it for the word to go. It serves one build only, as any sandbox does, and goes when nobody comes for a minute.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions, RunResult } from '../../../core/subprocess.ts';
import type { BuildPlaces, Sandbox } from '../../sandbox/contract.ts';
import { systemPlaces } from '../../sandbox/places.ts';
import { type BuildFolder, createBuildFolder } from '../build-folder.ts';
import type { PlanStore, StoredPlan } from './plan-store.ts';
import { layOut } from './replay.ts';
import type { Root } from './root.ts';
import { stillHolds } from './still-holds.ts';

const KEPT_MS = 60_000;

/** Reads the word to go; without one, there is nothing to do. */
const WAIT = 'read -r go || exit 0; . "$0" < /dev/null';

/** What is known of the next build before it comes. */
export interface Expected {
  readonly key: string;
  readonly plans: PlanStore;
  readonly sandbox: Sandbox;
  /** As `PlannedBuild` has it. */
  prepareRoot(folder: string): Promise<Root>;
}

/** For one build. */
export interface ReadyRoot {
  readonly root: Root;
  /** Runs a script for `sh`. @throws KilnError as `Sandbox.run` does */
  run(
    script: string,
    options: Pick<RunOptions, 'timeoutMs' | 'signal' | 'onLine'>,
  ): Promise<RunResult>;
  /**
   * Whether a sandbox that began now would see the same places: a folder that was put in the place of another is not in
   * this one. To be asked after the run.
   */
  isSame(): boolean;
  /** Ends what runs in it; the folder goes when there is nothing else to do. */
  release(): void;
}

export interface Standby {
  /** Says what the next build may be. */
  expect(next: Expected): void;
  /** Makes ready for it, unless that is done. To be called when there is nothing else to do; never rejects. */
  ready(): Promise<void>;
  /** Null when nothing is ready for that plan. */
  take(key: string, stored: StoredPlan): Promise<ReadyRoot | null>;
  /** Resolves when nothing is left, neither folder nor process. */
  close(): Promise<void>;
}

export interface StandbyOptions {
  /** Folder of all builds' folders. */
  readonly builds: string;
  /** What the folder's name begins with: letters, digits and `-`. Whoever finds this process dead removes it. */
  readonly name: string;
  /** Milliseconds that it is kept; a minute by default. */
  readonly keptMs?: number;
}

interface Waiting {
  readonly key: string;
  readonly planStamp: string;
  readonly root: Root;
  readonly mark: string;
  readonly folder: BuildFolder;
  readonly go: PromiseWithResolvers<string>;
  readonly stop: AbortController;
  readonly ended: Promise<RunResult>;
  hasEnded: boolean;
  onLine: RunOptions['onLine'];
}

function identityOf(path: string, withTime: boolean): string {
  try {
    const { dev, ino, mtimeNs } = statSync(path, { bigint: true });
    return withTime ? `${dev}:${ino}:${mtimeNs}` : `${dev}:${ino}`;
  } catch {
    // Not there, or not to be entered: then it is not in the sandbox either.
    return '';
  }
}

/** Of all that a sandbox shows: what lies at each place right now, and what is mounted in the machine. */
function markOf({ readable, writable = [], hidden = [], system }: BuildPlaces): string {
  const others = [...systemPlaces().map(({ path }) => path), ...writable, ...hidden];
  return JSON.stringify([
    // A new name in the tree's folder has no link yet in what is laid out.
    ...readable.map((path) => identityOf(path, true)),
    ...[...others, ...(system === undefined ? [] : [system])].map((path) =>
      identityOf(path, false),
    ),
    process.platform === 'linux' ? readFileSync('/proc/self/mountinfo', 'utf8') : '',
  ]);
}

async function prepare(
  next: Expected,
  stored: StoredPlan,
  folder: BuildFolder,
): Promise<Waiting | null> {
  const made = await next.prepareRoot(folder.work);
  const places: BuildPlaces = {
    ...made.places,
    folder: folder.work,
    readable: [...made.places.readable, stored.keptFolder],
  };
  const root = { ...made, places };
  const mark = markOf(places);
  layOut(stored.plan, stored.keptFolder, root.folder);
  // Of what is copied and not linked, nobody will look at the original's state of right now.
  if (stillHolds(next.plans, stored) !== null) return null;
  const go = Promise.withResolvers<string>();
  const stop = new AbortController();
  const ended = next.sandbox.run(
    'sh',
    ['-c', WAIT, scriptOf(folder)],
    {
      cwd: root.folder,
      env: root.env,
      timeoutMs: Number.POSITIVE_INFINITY,
      maxOutputBytes: 64 * 1024,
      stdin: go.promise,
      signal: stop.signal,
      // Nothing that would have to be put in order.
      killGraceMs: 0,
      onSpawn: folder.recordProcess,
      onLine: (line, stream) => waiting.onLine?.(line, stream),
    },
    places,
  );
  const waiting: Waiting = {
    key: next.key,
    planStamp: stored.stamp,
    root,
    mark,
    folder,
    go,
    stop,
    ended,
    hasEnded: false,
    onLine: undefined,
  };
  const noteEnd = (): void => {
    waiting.hasEnded = true;
  };
  ended.then(noteEnd, noteEnd);
  return waiting;
}

/** Beside the root, in what the sandbox shows. */
function scriptOf({ work }: BuildFolder): string {
  return join(work, 'steps.sh');
}

async function runIn(
  waiting: Waiting,
  script: string,
  { timeoutMs, signal, onLine }: Pick<RunOptions, 'timeoutMs' | 'signal' | 'onLine'>,
): Promise<RunResult> {
  const { go, stop, ended } = waiting;
  waiting.onLine = onLine;
  writeFileSync(scriptOf(waiting.folder), script);
  let isLate = false;
  const cancel = (): void => stop.abort();
  const timer = setTimeout(() => {
    isLate = true;
    cancel();
  }, timeoutMs);
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  go.resolve('go\n');
  try {
    const result = await ended;
    return isLate && result.outcome === 'canceled' ? { ...result, outcome: 'timed-out' } : result;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

export function createStandby({ builds, name, keptMs = KEPT_MS }: StandbyOptions): Standby {
  let expected: Expected | null = null;
  let waiting: Waiting | null = null;
  let making: { readonly key: string; readonly done: Promise<void> } | null = null;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const leaving = new Set<Promise<void>>();
  /** To be removed when there is time for it. */
  let used: Waiting[] = [];

  const removeLater = (folder: BuildFolder, ended: Promise<unknown>): void => {
    // What cannot be removed, the next start removes.
    const gone: Promise<void> = ended
      .catch(() => undefined)
      .then(() => folder.remove())
      .catch(() => undefined)
      .then(() => void leaving.delete(gone));
    leaving.add(gone);
  };
  const leave = ({ stop, ended, folder }: Waiting): void => {
    stop.abort();
    removeLater(folder, ended);
  };
  const isReady = (found: Waiting, key: string, { stamp }: StoredPlan): boolean =>
    found.key === key &&
    found.planStamp === stamp &&
    !found.hasEnded &&
    found.mark === markOf(found.root.places);
  const leaveUsed = (): void => {
    for (const each of used) leave(each);
    used = [];
  };
  const takeOut = (): Waiting | null => {
    const found = waiting;
    waiting = null;
    clearTimeout(timer);
    return found;
  };
  const put = (found: Waiting): void => {
    waiting = found;
    timer = setTimeout(() => {
      const unused = takeOut();
      if (unused !== null) leave(unused);
    }, keptMs);
  };

  const make = async (next: Expected): Promise<void> => {
    const stored = next.plans.find(next.key);
    const before = takeOut();
    if (before !== null && stored !== null && isReady(before, next.key, stored)) {
      put(before);
      return;
    }
    if (before !== null) leave(before);
    if (stored === null) return;
    const folder = createBuildFolder(builds, name);
    const made = await prepare(next, stored, folder).catch(() => null);
    if (made === null) removeLater(folder, Promise.resolve());
    else if (closed) leave(made);
    else put(made);
  };

  return {
    expect(next) {
      expected = next;
    },
    async ready() {
      leaveUsed();
      const next = expected;
      if (next === null || closed || making !== null) return;
      expected = null;
      // A machine that refuses (a full disk): then the build itself meets it.
      const done = make(next).catch(() => undefined);
      making = { key: next.key, done };
      await done;
      making = null;
    },
    async take(key, stored) {
      if (making?.key === key) await making.done;
      // What waits for another plan may wait on.
      if (waiting === null || waiting.key !== key) return null;
      const found = takeOut();
      if (found === null) return null;
      if (!isReady(found, key, stored)) {
        leave(found);
        return null;
      }
      return {
        root: found.root,
        run: (script, options) => runIn(found, script, options),
        isSame: () => found.mark === markOf(found.root.places),
        release() {
          found.stop.abort();
          used.push(found);
        },
      };
    },
    async close() {
      closed = true;
      leaveUsed();
      await making?.done;
      const unused = takeOut();
      if (unused !== null) leave(unused);
      await Promise.all(leaving);
    },
  };
}
