/** What a tree's files say without reading a keyboard, looked at again as often as they may have changed. */
import { KilnError } from '../errors.ts';
import { escapeForMessage } from '../keymap/refusal.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import type { Git } from '../trees/git.ts';
import { checkTreeThere } from '../trees/registry.ts';
import { type Aliases, aliasesByKeyboard, followAliases, readAliases } from './aliases.ts';
import { freshSignature, scanTree } from './scan.ts';
import type { SourceSnapshot } from './sources.ts';

/** A folder that others write to is looked through again after this time; single keyboards are checked each time. */
const SCAN_FRESH_MS = 10_000;
/** Until then the last look answers while the next one is under way: questions that follow each other never wait. */
const SCAN_USABLE_MS = 60_000;
/** The same when a keyboard is asked for that was not there: it may have come since. */
const SCAN_FRESH_FOR_UNKNOWN_MS = 2000;

export interface TreeSourcesOptions {
  readonly tree: FirmwareTree;
  readonly git: Git;
  readonly now: () => number;
  /** Told after each look. */
  readonly onScan: (snapshot: SourceSnapshot) => void;
}

/** @throws KilnError `tree.missing`, `tree.broken`, from each */
export interface TreeSources {
  /** Of now. */
  scan(): Promise<SourceSnapshot>;
  /** Of the last seconds; of the last minute where somebody asked in between. */
  snapshot(): Promise<SourceSnapshot>;
  aliases(): Promise<Aliases>;
  /** A keyboard's old names. */
  oldNames(keyboard: string): Promise<readonly string[]>;
  /** The name under which a keyboard is built; null when there is none. */
  resolve(keyboard: string): Promise<string | null>;
  /**
   * Which entry answers for a name, and the signature of its inputs as they are now.
   * @throws KilnError `keyboard.unknown`
   */
  locate(keyboard: string): Promise<{ readonly name: string; readonly signature: string }>;
}

interface Look {
  readonly at: number;
  readonly snapshot: Promise<SourceSnapshot>;
}

export function createTreeSources({ tree, git, now, onScan }: TreeSourcesOptions): TreeSources {
  // Kiln's own clones do not change, nor does what a package brought: an update brings another catalogue.
  const changes = tree.kind !== 'git' && tree.kind !== 'bundled';
  /** The look that was begun last, and the last one that came to its end. */
  let begun: Look | null = null;
  let ended: { readonly at: number; readonly snapshot: SourceSnapshot } | null = null;
  let aliases: { readonly of: SourceSnapshot; readonly value: Promise<Aliases> } | null = null;
  let oldNames: {
    readonly of: SourceSnapshot;
    readonly value: ReturnType<typeof aliasesByKeyboard>;
  } | null = null;

  const begin = (): Look => {
    const at = now();
    const snapshot = scanTree({ tree, git }).then((found) => {
      onScan(found);
      if (ended === null || ended.at <= at) ended = { at, snapshot: found };
      return found;
    });
    const mine = { at, snapshot };
    snapshot.catch(() => {
      if (begun === mine) begun = null;
    });
    return mine;
  };

  /**
   * @param freshMs begins another look when the last one began longer ago.
   * @param usableMs waits for it when the last one that ended began longer ago.
   */
  const look = async (freshMs: number, usableMs = freshMs): Promise<SourceSnapshot> => {
    checkTreeThere(tree);
    const isWithin = (at: number, ms: number) => !changes || now() - at < ms;
    if (begun === null || !isWithin(begun.at, freshMs)) begun = begin();
    if (ended !== null && isWithin(ended.at, usableMs)) return ended.snapshot;
    return begun.snapshot;
  };
  const recent = () => look(SCAN_FRESH_MS, SCAN_USABLE_MS);

  const aliasesOf = (snapshot: SourceSnapshot): Promise<Aliases> => {
    if (aliases?.of.shared !== snapshot.shared) {
      aliases = { of: snapshot, value: readAliases(tree) };
    }
    return aliases.value;
  };

  const resolveIn = async (snapshot: SourceSnapshot, keyboard: string): Promise<string | null> => {
    const name = followAliases(keyboard, await aliasesOf(snapshot));
    return name === null ? null : snapshot.resolve(name);
  };

  /** Asks the last look, and a newer one when that gives nothing. */
  const find = async <Found>(
    ask: (snapshot: SourceSnapshot) => Promise<Found | null>,
  ): Promise<Found | null> => {
    const snapshot = await recent();
    const found = await ask(snapshot);
    if (found !== null) return found;
    const newer = await look(SCAN_FRESH_FOR_UNKNOWN_MS);
    return newer === snapshot ? null : ask(newer);
  };

  return {
    scan: () => look(0),
    snapshot: recent,
    aliases: async () => aliasesOf(await recent()),
    async oldNames(keyboard) {
      const snapshot = await recent();
      if (oldNames?.of !== snapshot) {
        const all = await aliasesOf(snapshot);
        const built = (name: string) => {
          const end = followAliases(name, all);
          return end === null ? null : snapshot.resolve(end);
        };
        oldNames = { of: snapshot, value: aliasesByKeyboard(all, built) };
      }
      return oldNames.value.get(keyboard) ?? [];
    },
    resolve: (keyboard) => find((snapshot) => resolveIn(snapshot, keyboard)),
    async locate(keyboard) {
      const found = await find(async (snapshot) => {
        // A listed name is published as it is, even where builds take it for an old name of another keyboard.
        const listed = snapshot.resolve(keyboard) === keyboard;
        const name = listed ? keyboard : await resolveIn(snapshot, keyboard);
        if (name === null) return null;
        const signature = changes
          ? await freshSignature(tree.path, name, snapshot)
          : snapshot.signature(name);
        return { name, signature };
      });
      if (found !== null) return found;
      throw new KilnError(
        'keyboard.unknown',
        `The firmware tree ${tree.name} has no keyboard named ${escapeForMessage(keyboard)}.`,
        { details: { keyboard, tree: tree.name } },
      );
    },
  };
}
