/**
 * The second line of defence, with the first one switched off: hostile keymaps go straight to the worker's whole compile
 * step, on the starter tree always, and on a real QMK tree when KILN_TEST_QMK_HOME names one. And builds that were taken
 * over, as if a keymap had got through to make.
 */
import { randomUUID } from 'node:crypto';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildStarter } from '../../worker/build/starter/build-starter.ts';
import { createSandbox } from '../../worker/sandbox/create-sandbox.ts';
import { hostileKeymaps } from '../fixtures/hostile/keymaps.ts';
import { buildStraight, type StraightEnd } from '../fixtures/hostile/straight-build.ts';
import { KEYMAPS, keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import { Place } from '../fixtures/service/place.ts';
import { requireTools, STARTER } from '../fixtures/starter-build/build.ts';

const sandbox = createSandbox({ sandbox: 'required' });
const status = await sandbox.status();
const isFull = status.level === 'full';
const REASON = isFull ? '' : ` (skipped: ${status.message})`;
const HARMLESS = 'tells nothing of other files and leaves no trace';

/** Every file below, with what tells a change. */
function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const { mtimeMs, size, mode, ino } = lstatSync(join(folder, name));
      return `${name} ${mtimeMs} ${size} ${mode} ${ino}`;
    })
    .sort();
}

describe.skipIf(!isFull)(`a hostile keymap that nobody refused${REASON}`, () => {
  let place: Place;
  let secret: string;
  let secretFile: string;
  let before: string[];

  beforeAll(() => {
    requireTools();
    place = new Place();
    secret = `secret-${randomUUID()}`;
    secretFile = join(place.folder, 'secret.txt');
    writeFileSync(secretFile, `${secret}\n`);
    mkdirSync(place.dataDir);
    writeFileSync(join(place.dataDir, 'token'), secret);
    before = listing(STARTER);
  });

  afterAll(() => place.close());

  async function expectNoTrace({ told }: StraightEnd): Promise<void> {
    expect(told).not.toContain(secret);
    expect(told).not.toContain('root:x:');
    expect(readdirSync(place.folder).filter((name) => name.includes('pwned'))).toEqual([]);
    expect(readdirSync(join(place.dataDir, 'builds'))).toEqual([]);
    expect(readFileSync(secretFile, 'utf8')).toBe(`${secret}\n`);
    await place.untilNothingRuns();
  }

  const marked = { secretFile: '<secret>', marker: '<marker>' };
  it.each(hostileKeymaps(marked))(
    `$threat, $what: ${HARMLESS}`,
    { timeout: 120_000 },
    async ({ what }) => {
      const hostile = hostileKeymaps({ secretFile, marker: join(place.folder, 'pwned') });
      const { members } = hostile.find((one) => one.what === what) ?? { members: {} };
      const ended = await buildStraight(
        { ...keymapOf(1), ...members },
        {
          dataDir: place.dataDir,
          tree: { path: STARTER, kind: 'starter' },
          build: buildStarter,
          sandbox,
        },
      );
      await expectNoTrace(ended);
    },
  );

  it('leaves the tree as it was, to the last file', () => {
    expect(listing(STARTER)).toEqual(before);
  });
});

/** What a keymap might have brought in, before and behind what the tree's own Makefile says. */
interface Intrusion {
  readonly what: string;
  readonly before?: (secretFile: string) => string;
  readonly behind?: (secretFile: string) => string;
}

/** As threats.md counts them: what a build does once a keymap's text reached make. */
const INTRUSIONS: readonly Intrusion[] = [
  {
    what: 'T1, T3: a command',
    before: (file) => `$(shell cat ${file} /etc/passwd >&2; id > /tmp/pwned)`,
  },
  { what: 'T4: files elsewhere', before: () => '$(shell mkdir -p /var/pwned /srv ../pwned)' },
  { what: 'T6: a file in the log', before: (file) => `$(info $(file <${file}))` },
  { what: 'T11: endless output', before: () => '$(shell yes >&2)' },
  { what: 'T18: terminal sequences', before: () => '$(info \u001b]0;pwned\u0007\u001b[31mred)' },
  {
    what: 'T19: a link as its image',
    behind: (file) => `all:\n\t@ln -s ${file} $(BUILD)/$(TARGET).hex`,
  },
  {
    what: 'T19: a pipe as its image',
    behind: () => 'all:\n\t@mkfifo $(BUILD)/$(TARGET).hex',
  },
  {
    what: 'T19: a link as a folder of its own',
    behind: () => 'all:\n\t@rm -r $(BUILD)/src && ln -s /etc $(BUILD)/src',
  },
  { what: 'T20: a daemon', before: () => '$(shell setsid sleep 3000 >/dev/null 2>&1 &)' },
];

/** A starter tree with an intrusion in its Makefile. */
function takenOver(
  place: Place,
  name: string,
  { before, behind }: Intrusion,
  secretFile: string,
): string {
  const tree = join(place.folder, name);
  cpSync(STARTER, tree, { recursive: true });
  const makefile = join(tree, 'Makefile');
  const own = readFileSync(makefile, 'utf8');
  const parts = [before?.(secretFile) ?? '', own, behind?.(secretFile) ?? ''];
  writeFileSync(makefile, `${parts.join('\n')}\n`);
  return tree;
}

describe.skipIf(!isFull)(`a build that was taken over${REASON}`, () => {
  let place: Place;
  let secret: string;
  let secretFile: string;
  let trees: string[];
  /** The same, ended soon, for many of them. */
  let short: string[];

  beforeAll(() => {
    requireTools();
    place = new Place();
    secret = `secret-${randomUUID()}`;
    secretFile = join(place.folder, 'secret.txt');
    writeFileSync(secretFile, `${secret}\n`);
    mkdirSync(place.dataDir);
    writeFileSync(join(place.dataDir, 'token'), secret);
    trees = INTRUSIONS.map((intrusion, index) =>
      takenOver(place, `tree${index}`, intrusion, secretFile),
    );
    // Endless output takes seconds each time.
    short = INTRUSIONS.filter(({ what }) => !what.startsWith('T11')).map((intrusion, index) => {
      const { before = () => '' } = intrusion;
      const ending = intrusion.behind === undefined ? '\n$(error end)' : '';
      const ended = { ...intrusion, before: (file: string) => `${before(file)}${ending}` };
      return takenOver(place, `short${index}`, ended, secretFile);
    });
  });

  afterAll(() => place.close());

  const build = (tree = '', number = 0) =>
    buildStraight(keymapOf(number), {
      dataDir: place.dataDir,
      tree: { path: tree, kind: 'starter' },
      build: buildStarter,
      sandbox,
    });

  it.each(INTRUSIONS.map(({ what }, index) => ({ what, index })))(
    `$what: ${HARMLESS}`,
    { timeout: 120_000 },
    async ({ index }) => {
      const { told, shown, error } = await build(trees[index]);
      expect(told).not.toContain(secret);
      expect(told).not.toContain('root:x:');
      expect(shown.replaceAll(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
      expect(shown.length).toBeLessThan(10 * 1024 * 1024);
      const { what = '' } = INTRUSIONS[index] ?? {};
      if (what.startsWith('T11')) expect(error?.code).toBe('build.limit-exceeded');
      if (what.startsWith('T19')) expect(error?.code).toMatch(/^build\.image-(?:invalid|missing)$/);
      expect(readdirSync(join(place.dataDir, 'builds'))).toEqual([]);
      await place.untilNothingRuns();
    },
  );

  it('leaves, a hundred times over, no process, no file and every tree as it was', {
    timeout: 300_000,
  }, async () => {
    const outside = () =>
      listing(place.folder).filter(
        (line) => !/^data(?:\/(?:firmwares|builds))?(?:\/| )/.test(line),
      );
    const before = outside();
    for (let job = 0; job < 100; job += 2) {
      const ended = await Promise.all(
        [job, job + 1].map((number) => build(short[number % short.length], number % KEYMAPS)),
      );
      for (const { told } of ended) expect(told).not.toContain(secret);
    }
    await place.untilNothingRuns();
    expect(readdirSync(join(place.dataDir, 'builds'))).toEqual([]);
    expect(outside()).toEqual(before);
  });
});

describe.skipIf(!isFull)(`jobs of the same name${REASON}`, () => {
  let place: Place;

  beforeAll(() => {
    requireTools();
    place = new Place();
  });
  afterAll(() => place.close());

  /** Builds at once, and tells which keymap each image holds. */
  async function buildAtOnce(
    tree: string,
    jobs: readonly { readonly keyboard: string; readonly keymap: string }[],
  ): Promise<(readonly number[])[]> {
    const ended = await Promise.all(
      jobs.map((names, number) =>
        buildStraight(
          { ...keymapOf(number), ...names },
          {
            dataDir: place.dataDir,
            tree: { path: tree, kind: 'starter' },
            build: buildStarter,
            sandbox,
          },
        ),
      ),
    );
    return ended.map(({ jobId, result }) => {
      const name = result?.firmwareFilename ?? 'none';
      return keymapsIn(readFileSync(join(place.dataDir, 'firmwares', jobId, name)));
    });
  }

  it('get their own image each, at the same time (T15)', { timeout: 120_000 }, async () => {
    const same = { keyboard: 'kiln/pad4x4', keymap: 'same' };
    expect(await buildAtOnce(STARTER, [same, same, same])).toEqual([[0], [1], [2]]);
  });

  it('get their own when two pairs of names make one (T15)', { timeout: 120_000 }, async () => {
    const tree = takenOver(place, 'collisions', { what: 'nothing' }, '');
    for (const keyboard of ['a/b_c', 'a/b']) {
      cpSync(join(tree, 'keyboards/kiln/pad4x4'), join(tree, 'keyboards', keyboard), {
        recursive: true,
      });
    }
    const pairs = [
      { keyboard: 'a/b_c', keymap: 'd' },
      { keyboard: 'a/b', keymap: 'c_d' },
    ];
    expect(await buildAtOnce(tree, pairs)).toEqual([[0], [1]]);
  });
});
