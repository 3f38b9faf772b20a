/** `kiln verify` over the starter tree, with the real compiler: the proof of builds by plan that CI runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonOf } from '../fixtures/service/command.ts';
import { Place } from '../fixtures/service/place.ts';

const MINUTE = 60_000;

interface Verified {
  readonly seed: string;
  readonly keyboards: readonly {
    readonly keyboard: string;
    readonly comparisons: readonly { readonly verdict: string; readonly image: string | null }[];
  }[];
}

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.close(), MINUTE);

describe('kiln verify', () => {
  it(
    'finds builds by plan and clean builds the same, and goes on where its results end',
    async () => {
      const results = join(place.folder, 'results.jsonl');
      const args = [
        'verify',
        '--tree',
        'starter',
        '--keymaps',
        '2',
        '--results',
        results,
        '--json',
      ];
      const ended = await place.run([...args, '--sample', '2']);
      expect(ended).toMatchObject({ exitCode: 0 });
      const { keyboards } = jsonOf<Verified>(ended);
      expect(keyboards.map(({ keyboard }) => keyboard).sort()).toEqual([
        'kiln/pad4x4',
        'kiln/sixty',
      ]);
      const all = keyboards.flatMap(({ comparisons }) => comparisons);
      expect(all.map(({ verdict }) => verdict)).toEqual(['same', 'same', 'same', 'same']);
      expect(new Set(all.map(({ image }) => image)).size).toBe(4);

      const before = readFileSync(results, 'utf8');
      expect(jsonOf(await place.run([...args, '--sample', '2']))).toEqual(jsonOf(ended));
      expect(readFileSync(results, 'utf8')).toBe(before);
    },
    3 * MINUTE,
  );

  it(
    'refuses a keyboard that the tree does not have, and a number that is none',
    async () => {
      const unknown = await place.run(['verify', '--tree', 'starter', 'nobody/has_this', '--json']);
      expect(jsonOf(unknown)).toMatchObject({ error: { code: 'keyboard.unknown' } });
      const wrong = await place.run(['verify', '--sample', '0', '--json']);
      expect(jsonOf(wrong)).toMatchObject({ error: { code: 'settings.invalid' } });
    },
    MINUTE,
  );
});
