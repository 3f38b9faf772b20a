/** How `kiln serve` starts, and how it says that it cannot. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../core/db/database.ts';
import type { ErrorReport } from '../../core/errors.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { fillDisk } from '../fixtures/service/disk.ts';
import { keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import { mountDisk, remount, WITHOUT_MOUNTS } from '../fixtures/service/mounts.ts';
import type { Environment, Place } from '../fixtures/service/place.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

/** How a service that cannot start ends, with `--json` and without. */
async function refusalOf(place: Place, args: readonly string[] = [], env: Environment = {}) {
  const json = await place.run(['serve', '--port', '0', '--json', ...args], { env });
  const { error } = jsonOf<{ error: ErrorReport }>(json);
  const plain = await place.run(['serve', '--port', '0', ...args], { env });
  expect(plain.exitCode).toBe(json.exitCode);
  expect(plain.stdout).toBe('');
  // One sentence of what happened, one of what to do, and no trace of a program that crashed.
  const words = plain.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  expect(words).toEqual([error.message, `${error.remedy} [${error.code}]`]);
  return { exitCode: json.exitCode, ...error };
}

describe('kiln serve', () => {
  it('prints one line of JSON once it answers, and leaves nothing but its data when it is stopped', async () => {
    const place = testPlace();
    const service = await place.serve();
    const lines = service.command.stdout().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0]!)).toEqual({
      url: service.url,
      pid: service.command.child.pid,
      tokenFile: join(place.dataDir, 'token'),
      version: expect.any(String),
      instance: expect.stringMatching(/^[0-9a-f]{16}$/),
      lan: null,
    });
    expect(JSON.parse(readFileSync(join(place.dataDir, 'service.json'), 'utf8'))).toEqual(
      JSON.parse(lines[0]!),
    );
    const health = await (await service.request('/kiln/v1/health')).json();
    expect(health).toMatchObject({
      instance: JSON.parse(lines[0]!).instance,
      status: 'running',
      workers: { alive: 1, total: 1 },
    });
    const ended = await service.stop();
    expect(ended).toMatchObject({ exitCode: 0, signal: null });
    expect(ended.stdout.split('\n')).toHaveLength(2);
    expect(existsSync(join(place.dataDir, 'service.json'))).toBe(false);
  });

  it('refuses a data folder that another service works in, and does not disturb it', async () => {
    const place = testPlace();
    const service = await place.serve();
    expect(await refusalOf(place)).toMatchObject({
      exitCode: 2,
      code: 'service.data-in-use',
      message: expect.stringMatching(
        new RegExp(
          `^Another Kiln \\(process ${service.pid}, kiln serve, since [^)]+\\) is working in ${place.dataDir}\\.$`,
        ),
      ),
      remedy: expect.stringContaining('KILN_DATA_DIR'),
    });
    const id = await service.submit(keymapOf(3));
    expect(await service.ended(id)).toMatchObject({ state: 'finished' });
    expect(existsSync(join(place.dataDir, 'service.json'))).toBe(true);
    await service.stop();
  });

  it('refuses a port that another program has, and starts on a free one afterwards', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const place = testPlace();
    expect(await refusalOf(place, ['--port', String(port)])).toMatchObject({
      exitCode: 2,
      code: 'service.port-in-use',
      message: `Another program listens on port ${port}.`,
      remedy: expect.stringContaining('--port'),
    });
    expect(existsSync(join(place.dataDir, 'service.json'))).toBe(false);
    expect(await (await place.serve()).stop()).toMatchObject({ exitCode: 0 });
  });

  it('refuses a setting that makes no sense, by name', async () => {
    expect(await refusalOf(testPlace(), [], { KILN_WORKERS: 'many' })).toMatchObject({
      exitCode: 2,
      code: 'settings.invalid',
      message: expect.stringContaining('KILN_WORKERS'),
    });
  });

  it('refuses a data folder that cannot be made', async () => {
    const place = testPlace();
    const file = join(place.folder, 'file');
    writeFileSync(file, 'no folder');
    const env = { KILN_DATA_DIR: join(file, 'data') };
    expect(await refusalOf(place, [], env)).toMatchObject({
      exitCode: 3,
      code: 'storage.unwritable',
      message: `The folder ${env.KILN_DATA_DIR} cannot be made: a file is in its way.`,
      remedy: expect.stringContaining('KILN_DATA_DIR'),
    });
  });

  it.skipIf(WITHOUT_MOUNTS !== null)(
    `refuses a data folder on a disk that may only be read${WITHOUT_MOUNTS ?? ''}`,
    async () => {
      const place = testPlace();
      mountDisk(place.dataDir, 'size=4m');
      remount(place.dataDir, 'ro');
      expect(await refusalOf(place)).toMatchObject({
        exitCode: 3,
        code: 'storage.unwritable',
        message: expect.stringContaining(place.dataDir),
      });
      remount(place.dataDir, 'rw');
      expect(await (await place.serve()).stop()).toMatchObject({ exitCode: 0 });
      remount(place.dataDir, 'ro');
      expect(await refusalOf(place)).toMatchObject({ exitCode: 3, code: 'storage.unwritable' });
    },
  );

  it.skipIf(WITHOUT_MOUNTS !== null)(
    `refuses to start on a full disk, a new data folder and an old one${WITHOUT_MOUNTS ?? ''}`,
    async () => {
      const place = testPlace();
      mountDisk(place.dataDir, 'size=1m');
      const free = fillDisk(join(place.dataDir, 'filler'));
      expect(await refusalOf(place)).toMatchObject({ exitCode: 3, code: 'storage.full' });
      free();
      expect(await (await place.serve()).stop()).toMatchObject({ exitCode: 0 });
      const freeAgain = fillDisk(join(place.dataDir, 'filler'));
      expect(await refusalOf(place)).toMatchObject({
        exitCode: 3,
        code: 'storage.full',
        remedy: 'Free disk space, or move Kiln’s data with KILN_DATA_DIR.',
      });
      freeAgain();
      expect(await (await place.serve()).stop()).toMatchObject({ exitCode: 0 });
    },
  );

  it('does not live on half started when it cannot tell others its address', async () => {
    const place = testPlace();
    mkdirSync(join(place.dataDir, 'service.json', 'in the way'), { recursive: true });
    const ended = await place.run(['serve', '--port', '0', '--json']);
    expect(ended.exitCode).toBeGreaterThan(0);
    expect(jsonOf<{ error: ErrorReport }>(ended).error.message).toContain('service.json');
  });

  it('stops as well when its address cannot be removed', async () => {
    const place = testPlace();
    const service = await place.serve();
    rmSync(join(place.dataDir, 'service.json'));
    mkdirSync(join(place.dataDir, 'service.json'));
    expect(await service.stop()).toMatchObject({ exitCode: 0, signal: null });
  });

  it('refuses a database that is no database, and leaves it as it was', async () => {
    const place = testPlace();
    const file = join(place.dataDir, 'kiln.sqlite');
    mkdirSync(place.dataDir);
    writeFileSync(file, 'not a database at all '.repeat(500));
    expect(await refusalOf(place)).toMatchObject({
      exitCode: 3,
      code: 'database.broken',
      message: expect.stringContaining(file),
      remedy: expect.stringContaining('kiln restore --salvage'),
    });
    expect(readFileSync(file, 'utf8')).toBe('not a database at all '.repeat(500));
  });

  describe.each([
    ['whose pages are damaged', (content: Buffer) => content.fill(0xa5, 4096)],
    [
      'with one torn page in the middle',
      (content: Buffer) => content.fill(0xa5, 8192 + 2048, 12_288),
    ],
    ['that was cut short', (content: Buffer) => content.subarray(0, content.length - 6000)],
    ['without its header', (content: Buffer) => content.fill(0, 0, 100)],
  ] as const)('a database %s', (_, spoil) => {
    it('is refused with the newest backup named, stays as it is, and is moved aside by the restore', async () => {
      const place = testPlace();
      const service = await place.serve();
      const id = await service.submit(keymapOf(3));
      await service.ended(id);
      const made = jsonOf<{ folder: string }>(await place.run(['backup', '--json']));
      await service.stop();
      const file = join(place.dataDir, 'kiln.sqlite');
      const damaged = Buffer.from(spoil(readFileSync(file)));
      writeFileSync(file, damaged);
      expect(await refusalOf(place)).toMatchObject({
        exitCode: 3,
        code: 'database.broken',
        message: expect.stringContaining(file),
        remedy: expect.stringContaining(`kiln restore ${made.folder}.`),
      });
      expect(readFileSync(file).equals(damaged)).toBe(true);
      const restored = jsonOf<{ aside: string[] }>(
        await place.run(['restore', made.folder, '--json']),
      );
      expect(readFileSync(join(restored.aside[0]!, 'kiln.sqlite')).equals(damaged)).toBe(true);
      const next = await place.serve();
      expect(await next.view(id)).toMatchObject({ state: 'finished' });
      expect(keymapsIn(await next.file(id, 'download'))).toEqual([3]);
      await next.stop();
    });
  });

  it('refuses a damaged log of the database, and leaves both files as they are', async () => {
    const place = testPlace();
    const service = await place.serve();
    await service.ended(await service.submit(keymapOf(3)));
    const other = testPlace();
    mkdirSync(other.dataDir);
    const file = join(other.dataDir, 'kiln.sqlite');
    // As they are while it runs: whoever closes the database last empties the log.
    for (const name of ['', '-wal']) {
      writeFileSync(file + name, readFileSync(join(place.dataDir, `kiln.sqlite${name}`)));
    }
    await service.stop();
    const damaged = readFileSync(`${file}-wal`).fill(0xa5, 0, 32);
    writeFileSync(`${file}-wal`, damaged);
    expect(await refusalOf(other)).toMatchObject({
      exitCode: 3,
      code: 'database.broken',
      message: `The log of the database is damaged: ${file}-wal.`,
      remedy: expect.stringContaining('kiln restore --salvage'),
    });
    expect(readFileSync(`${file}-wal`).equals(damaged)).toBe(true);
  });

  it('keeps images whose jobs went with the database', async () => {
    const place = testPlace();
    const service = await place.serve();
    const id = await service.submit(keymapOf(3));
    await service.ended(id);
    await service.stop();
    rmSync(join(place.dataDir, 'kiln.sqlite'));
    const next = await place.serve();
    await next.ended(await next.submit(keymapOf(4)));
    expect(await next.stop()).toMatchObject({ exitCode: 0 });
    const kept = readdirSync(join(place.dataDir, 'firmwares', id));
    expect(kept).toContain('kiln_pad4x4_same.hex');
  });

  it('refuses a database of a newer Kiln', async () => {
    const place = testPlace();
    mkdirSync(place.dataDir);
    const database = openDatabase(join(place.dataDir, 'kiln.sqlite'));
    database.pragma('user_version = 9999');
    database.close();
    expect(await refusalOf(place)).toMatchObject({
      exitCode: 3,
      code: 'database.newer',
      remedy: expect.stringContaining('Install the newer Kiln'),
    });
  });
});
