/** `kiln compile`, alone and through a running service. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ErrorReport } from '../../core/errors.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { keymapOf, keymapsIn, type TestKeymap, withKey } from '../fixtures/service/keymaps.ts';
import type { Place } from '../fixtures/service/place.ts';
import { readRecords } from '../fixtures/service/records.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { createGate, linkPrograms } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

const IMAGE = 'kiln_pad4x4_same.hex';

interface Failure {
  readonly error: ErrorReport;
}

/** Writes a keymap beside the data folder, where commands run. @returns its file name. */
function writeKeymap(place: Place, keymap: unknown, name = 'keymap.json'): string {
  writeFileSync(join(place.folder, name), JSON.stringify(keymap));
  return name;
}

describe('kiln compile', () => {
  it('gives the same image alone and through a service', async () => {
    const place = testPlace();
    const file = writeKeymap(place, keymapOf(9));
    const alone = await place.run(['compile', file, '--json', '-o', 'alone/']);
    expect(alone).toMatchObject({ exitCode: 0, stderr: '' });
    const service = await place.serve();
    const through = await place.run(['compile', file, '--json', '-o', 'through/']);
    expect(through).toMatchObject({ exitCode: 0, stderr: '' });

    const [own, served] = [jsonOf(alone), jsonOf(through)];
    expect(own).toEqual({
      jobId: expect.stringMatching(/^[0-9a-f]{32}$/),
      image: join('alone', IMAGE),
      returncode: 0,
      firmwareFilename: IMAGE,
      firmwareSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      size: { used: expect.any(Number), limit: 28_672 },
      errors: [],
      tree: { name: 'starter', commit: null, describe: expect.any(String), dirty: false },
      toolchain: expect.objectContaining({ 'avr-gcc': expect.any(String) }),
      way: { path: 'full', reason: expect.stringContaining('no build plan yet') },
      durationMs: expect.any(Number),
    });
    expect(Object.keys(served)).toEqual(Object.keys(own));
    expect(served.firmwareSha256).toBe(own.firmwareSha256);
    const image = readFileSync(join(place.folder, 'alone', IMAGE));
    expect(readFileSync(join(place.folder, 'through', IMAGE))).toEqual(image);
    expect(keymapsIn(image)).toEqual([9]);
    // The service kept it, as it keeps what came over HTTP.
    expect(await service.view(String(served.jobId))).toMatchObject({ state: 'finished' });
    // And it remembers what was built before it was there.
    expect(await service.view(String(own.jobId))).toMatchObject({ state: 'finished' });
    await service.stop();
  });

  it('puts the image where -o says: a folder that is there, one to be made, or a file', async () => {
    const place = testPlace();
    mkdirSync(join(place.folder, 'there.d'));
    const file = writeKeymap(place, keymapOf(2));
    const targets = [
      [['-o', 'there.d'], join('there.d', IMAGE)],
      [['-o', 'new.d/deep/'], join('new.d/deep', IMAGE)],
      [['--output', 'files/mine.hex'], 'files/mine.hex'],
    ] as const;
    for (const [args, image] of targets) {
      const ended = await place.run(['compile', file, ...args]);
      expect(ended).toMatchObject({ exitCode: 0 });
      const [built, where] = ended.stdout.split('\n');
      expect(built).toMatch(
        // The second and third say besides what the first one spared them.
        /^Built kiln_pad4x4_same\.hex · [\d,]+ of 28,672 bytes \(\d+ %\) · [\d.]+ s(?:, [a-z ]+)?$/,
      );
      expect(where).toBe(image);
      expect(keymapsIn(readFileSync(join(place.folder, image)))).toEqual([2]);
    }
  });

  it('prints the build log with --log', async () => {
    const place = testPlace();
    const ended = await place.run(['compile', writeKeymap(place, keymapOf(2)), '--log']);
    expect(ended.stdout).toContain('Compiling: keymap.c');
    expect(ended.stdout).toContain('The firmware size is fine');
    expect(ended.stdout).not.toContain(place.dataDir);
  });

  it('takes the keymap’s word for its firmware tree, and --tree over it', async () => {
    const place = testPlace();
    const file = writeKeymap(place, { ...keymapOf(2), branch: 'nowhere' });
    const refused = await place.run(['compile', file, '--json']);
    expect(refused.exitCode).toBe(2);
    expect(jsonOf<Failure>(refused).error.message).toContain('nowhere');
    expect(await place.run(['compile', file, '--tree', 'starter'])).toMatchObject({ exitCode: 0 });
  });
});

describe('kiln compile, several at once', () => {
  it('lets one wait for the other, and gives each its own image', async () => {
    const place = testPlace();
    const numbers = [4, 5, 6];
    const runs = numbers.map((number) => {
      const file = writeKeymap(place, keymapOf(number), `${number}.json`);
      return place.run(['compile', file, '-o', `${number}.hex`]);
    });
    for (const ended of await Promise.all(runs)) expect(ended).toMatchObject({ exitCode: 0 });
    for (const number of numbers) {
      expect(keymapsIn(readFileSync(join(place.folder, `${number}.hex`)))).toEqual([number]);
    }
  });
});

describe('kiln compile, when a stopped service left jobs in the queue', () => {
  it('builds its own keymap first and leaves the others to the next service', async () => {
    const place = testPlace();
    const gate = createGate(join(place.folder, 'toolchain'));
    const env = { KILN_TOOLCHAIN_DIR: gate.folder };
    const service = await place.serve({ env });
    const ids = [await service.submit(keymapOf(1)), await service.submit(keymapOf(2))];
    await until('a compiler at work', gate.reached);
    await service.stop();

    const ended = await place.run(['compile', writeKeymap(place, keymapOf(3)), '--json']);
    expect(ended.exitCode).toBe(0);
    expect(keymapsIn(readFileSync(join(place.folder, IMAGE)))).toEqual([3]);
    const { jobs } = await readRecords(place.dataDir);
    const states = new Map(jobs.map(({ job }) => [job.id, job.state]));
    expect(states.get(String(jsonOf(ended).jobId))).toBe('finished');
    expect(ids.map((id) => states.get(id))).toEqual(['queued', 'queued']);

    const next = await place.serve();
    for (const id of ids) expect(await next.ended(id)).toMatchObject({ state: 'finished' });
    await next.stop();
  });
});

describe('kiln compile, when it is killed', () => {
  it('leaves a job that the next service builds, and nothing else', async () => {
    const place = testPlace();
    const gate = createGate(join(place.folder, 'toolchain'));
    // In a full sandbox it would end with the command.
    const env = { KILN_TOOLCHAIN_DIR: gate.folder, KILN_SANDBOX: 'off' };
    const command = place.start(['compile', writeKeymap(place, keymapOf(8))], { env });
    await until('a compiler at work', gate.reached);
    command.child.kill('SIGKILL');
    await until('its end', () => command.child.signalCode);
    // What the build started lives on: nobody was left to end it.
    expect(place.processes().length).toBeGreaterThan(0);

    const service = await place.serve();
    const { jobs } = await readRecords(place.dataDir);
    expect(jobs).toHaveLength(1);
    const { id } = jobs[0]!.job;
    expect(await service.ended(id)).toMatchObject({ state: 'finished', tries: 2 });
    expect(keymapsIn(await service.file(id, 'download'))).toEqual([8]);
    await service.stop();
    await place.untilNothingRuns();
    const after = await readRecords(place.dataDir);
    expect(after.jobs.map(({ ends }) => ends)).toEqual([1]);
    expect(after.buildFolders).toEqual([]);
  });
});

describe('kiln compile, when there is no image', () => {
  const cases: readonly (readonly [string, unknown, number, string, string])[] = [
    [
      'a keycode that the firmware does not have',
      withKey(keymapOf(0), 0, 5, 'KC_NOPE'),
      4,
      'build.compile-failed',
      'Key 5 on layer 0 (`KC_NOPE`)',
    ],
    [
      'a name that is no file name',
      { ...keymapOf(0), keymap: '../../etc' },
      2,
      'keymap.refused',
      '../../etc',
    ],
    [
      'a keyboard that the tree does not have',
      { ...keymapOf(0), keyboard: 'no/such' },
      2,
      'keymap.refused',
      'no/such',
    ],
    ['something that is no keymap', ['KC_A'], 2, 'request.invalid', 'layers'],
  ];
  it.each(cases)('names %s', async (_, keymap, exitCode, code, words) => {
    const place = testPlace();
    const file = writeKeymap(place, keymap);
    const json = await place.run(['compile', file, '--json']);
    const { error } = jsonOf<Failure>(json);
    expect({ exitCode: json.exitCode, code: error.code }).toEqual({ exitCode, code });
    expect(error.message).toContain(words);
    const plain = await place.run(['compile', file]);
    expect(plain.exitCode).toBe(exitCode);
    expect(plain.stderr.trimEnd().split('\n').slice(-2)).toEqual([
      error.message,
      `${error.remedy} [${code}]`,
    ]);
    expect(readdirSync(place.folder).filter((name) => name.endsWith('.hex'))).toEqual([]);
  });

  it('says the same through a service', async () => {
    const place = testPlace();
    const service = await place.serve();
    const bad = writeKeymap(place, withKey(keymapOf(0), 0, 5, 'KC_NOPE'), 'bad.json');
    const refused = writeKeymap(place, { ...keymapOf(0), keymap: '../../etc' }, 'refused.json');
    for (const [file, exitCode, code] of [
      [bad, 4, 'build.compile-failed'],
      [refused, 2, 'keymap.refused'],
    ] as const) {
      const ended = await place.run(['compile', file, '--json']);
      const { error } = jsonOf<Failure>(ended);
      expect({ exitCode: ended.exitCode, ...error }).toMatchObject({ exitCode, code });
    }
    await service.stop();
  });

  it('names a keymap file that is not there', async () => {
    const ended = await testPlace().run(['compile', 'missing.json', '--json']);
    expect(ended.exitCode).toBe(2);
    expect(jsonOf<Failure>(ended).error).toMatchObject({
      code: 'keymap.unreadable',
      message: 'The keymap file missing.json does not exist.',
    });
  });

  it('names the compiler that this machine lacks', async () => {
    const place = testPlace();
    const env = { PATH: linkPrograms(join(place.folder, 'bin'), ['make', 'sh']) };
    const ended = await place.run(['compile', writeKeymap(place, keymapOf(0)), '--json'], { env });
    expect(ended.exitCode).toBe(3);
    expect(jsonOf<Failure>(ended).error).toMatchObject({
      code: 'toolchain.missing',
      remedy: expect.stringContaining('apt-get install'),
    });
  });

  it('names the service that a setting points to and that does not answer', async () => {
    const place = testPlace();
    const env = { KILN_SERVICE_URL: 'http://127.0.0.1:1' };
    const ended = await place.run(['compile', writeKeymap(place, keymapOf(0)), '--json'], { env });
    expect(ended.exitCode).toBe(3);
    expect(jsonOf<Failure>(ended).error.code).toBe('service.unreachable');
  });

  it('says where the image could not be written', async () => {
    const place = testPlace();
    const file = writeKeymap(place, keymapOf(0));
    const ended = await place.run(['compile', file, '--json', '-o', `${file}/below.hex`]);
    expect(ended.exitCode).toBe(3);
    expect(jsonOf<Failure>(ended).error).toMatchObject({
      code: 'storage.unwritable',
      message: expect.stringContaining(`cannot be written to ${file}/below.hex`),
      remedy: expect.stringContaining('-o'),
    });
  });
});

describe('Ctrl+C in kiln compile', () => {
  it.each([
    ['alone', false],
    ['through a service', true],
  ])('cancels the build and ends with 130 (%s)', async (_, served) => {
    const place = testPlace();
    const gate = createGate(join(place.folder, 'toolchain'));
    const env = { KILN_TOOLCHAIN_DIR: gate.folder };
    const service = served ? await place.serve({ env }) : null;
    const file = writeKeymap(place, keymapOf(1) satisfies TestKeymap);
    const command = place.start(['compile', file], { env });
    await until('a compiler at work', gate.reached);
    command.child.kill('SIGINT');
    const ended = await command.ended;
    expect(ended).toMatchObject({ exitCode: 130, signal: null, stdout: '' });
    expect(ended.stderr).toContain('[job.canceled]');
    const leftovers = place.processes().filter(({ mark }) => mark.split('/').length > 2);
    expect(leftovers).toEqual([]);
    await service?.stop();
    const { jobs, buildFolders } = await readRecords(place.dataDir);
    expect(jobs.map(({ job, ends }) => [job.state, ends])).toEqual([['canceled', 1]]);
    expect(buildFolders).toEqual([]);
    expect(existsSync(join(place.folder, basename(IMAGE)))).toBe(false);
  });
});
