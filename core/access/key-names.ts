/** How many keys there may be, and what one is called whose name is taken. */

/** Who has the pairing code can ask for keys as often as they like. */
export const MOST_KEYS = 1000;

/** `phone`, then `phone 2`: devices cannot know what others are called. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2, free = name; ; number += 1) {
    if (!taken.has(free)) return free;
    const end = ` ${number}`;
    free = `${name.slice(0, 40 - end.length).trimEnd()}${end}`;
  }
}
