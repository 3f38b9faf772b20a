/** Which name a mistyped one was probably meant to be. */

const MAX_DISTANCE = 2;
/** Taken for each other when reading, so not counted as a slip. */
const LOOK_ALIKES = new Set(['O0', '0O', 'I1', '1I']);

/** Levenshtein distance of two names, where look-alikes count as equal. */
function distance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const pair = left.charAt(row - 1) + right.charAt(column - 1);
      const same = pair[0] === pair[1] || LOOK_ALIKES.has(pair);
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + (same ? 0 : 1),
        ),
      );
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/**
 * The closest of the names, at most two slips away; of several the first.
 *
 * @returns null when none is close
 */
export function nearestName(name: string, known: Iterable<string>): string | null {
  let nearest: string | null = null;
  let least = MAX_DISTANCE + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const steps = distance(name, candidate);
    if (steps < least) {
      least = steps;
      nearest = candidate;
    }
  }
  return nearest;
}
