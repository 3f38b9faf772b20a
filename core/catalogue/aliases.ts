/** Old names of keyboards, as `data/mappings/keyboard_aliases.hjson` lists them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import hjson from 'hjson';
import { errnoOf, KilnError } from '../errors.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import type { KeyboardAlias } from './contract.ts';

export type Aliases = Readonly<Record<string, KeyboardAlias>>;

const FILE = 'data/mappings/keyboard_aliases.hjson';

/** No chain of old names is as long: one that is leads in a circle. */
const MOST_ALIASES = 16;

/** A tree without the file has none. @throws KilnError `tree.broken` when the file cannot be understood */
export async function readAliases({ name, path }: FirmwareTree): Promise<Aliases> {
  try {
    return hjson.parse(await readFile(join(path, FILE), 'utf8')) as Aliases;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return {};
    const why = error instanceof Error ? error.message : String(error);
    throw new KilnError(
      'tree.broken',
      `The firmware tree ${name} cannot be read: ${FILE}: ${why}`,
      {
        cause: error,
        details: { tree: name },
      },
    );
  }
}

/** Follows old names to their end, as QMK's `keyboard_folder` does; one that leads in a circle leads nowhere. */
export function followAliases(name: string, aliases: Aliases): string | null {
  let current = name;
  for (let step = 0; step < MOST_ALIASES; step += 1) {
    const target = Object.hasOwn(aliases, current) ? aliases[current]?.target : undefined;
    if (target === undefined || target === current) return current;
    current = target;
  }
  return null;
}

/** Old names by the keyboard that is built for them. */
export function aliasesByKeyboard(
  aliases: Aliases,
  resolve: (name: string) => string | null,
): ReadonlyMap<string, readonly string[]> {
  const byKeyboard = new Map<string, string[]>();
  for (const [name, { target }] of Object.entries(aliases)) {
    const keyboard = target === undefined ? null : resolve(name);
    if (keyboard === null) continue;
    const known = byKeyboard.get(keyboard);
    if (known === undefined) byKeyboard.set(keyboard, [name]);
    else known.push(name);
  }
  return byKeyboard;
}
