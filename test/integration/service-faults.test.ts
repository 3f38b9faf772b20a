/** A machine in trouble under a running service: each fault is told in a sentence, and the next good job is built. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../core/db/database.ts';
import { fillDisk } from '../fixtures/service/disk.ts';
import { keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import { mountDisk, WITHOUT_MOUNTS } from '../fixtures/service/mounts.ts';
import { makeQmkFolder } from '../fixtures/service/qmk-folder.ts';
import { readRecords } from '../fixtures/service/records.ts';
import type { Service } from '../fixtures/service/service.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { createGate, linkPrograms } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

async function expectGoodBuild(service: Service, number: number): Promise<void> {
  const id = await service.submit(keymapOf(number));
  expect(await service.ended(id)).toMatchObject({ state: 'finished', result: { returncode: 0 } });
  expect(keymapsIn(await service.file(id, 'download'))).toEqual([number]);
}

describe.skipIf(WITHOUT_MOUNTS !== null)(`a full disk${WITHOUT_MOUNTS ?? ''}`, () => {
  it('refuses a keymap with the reason, and takes it once there is space', async () => {
    const place = testPlace();
    mountDisk(place.dataDir, 'size=4m');
    const service = await place.serve();
    const free = fillDisk(join(place.dataDir, 'filler'));
    expect(await service.refusal(keymapOf(1))).toMatchObject({
      status: 507,
      error: {
        code: 'storage.full',
        kind: 'environment',
        message: expect.stringContaining('disk of the database is full'),
        remedy: 'Free disk space, or move Kiln’s data with KILN_DATA_DIR.',
      },
    });
    free();
    await expectGoodBuild(service, 1);
    expect(await service.stop()).toMatchObject({ exitCode: 0 });
    expect((await readRecords(place.dataDir)).damage).toEqual([]);
  });

  it('fails the build that met it with the reason, and no other', async () => {
    const place = testPlace();
    mountDisk(place.dataDir, 'size=4m');
    const gate = createGate(join(place.folder, 'toolchain'));
    const service = await place.serve({ env: { KILN_TOOLCHAIN_DIR: gate.folder } });
    const id = await service.submit(keymapOf(1));
    await until('a compiler at work', gate.reached);
    const free = fillDisk(join(place.dataDir, 'filler'));
    gate.open();
    expect(await service.ended(id)).toMatchObject({
      state: 'failed',
      error: { code: 'storage.full', message: expect.stringContaining('disk is full') },
    });
    free();
    await expectGoodBuild(service, 2);
    expect(await service.stop()).toMatchObject({ exitCode: 0 });
    const { damage, buildFolders, jobs } = await readRecords(place.dataDir);
    expect({ damage, buildFolders }).toEqual({ damage: [], buildFolders: [] });
    expect(jobs.map(({ ends }) => ends)).toEqual([1, 1]);
  });
});

describe('a worker that dies while another program has the database locked', () => {
  it('has its job built by the next one as soon as the lock is gone', async () => {
    const place = testPlace();
    const gate = createGate(join(place.folder, 'toolchain'));
    const service = await place.serve({ env: { KILN_TOOLCHAIN_DIR: gate.folder } });
    const id = await service.submit(keymapOf(4));
    await until('a compiler at work', gate.reached);
    const worker = place.processes().find(({ command }) => command.includes('worker/main.ts'));
    const database = openDatabase(join(place.dataDir, 'kiln.sqlite'));
    database.exec('BEGIN IMMEDIATE');
    process.kill(worker!.pid, 'SIGKILL');
    await until('the service to notice', () => service.command.stderr().includes('failed'));
    database.exec('ROLLBACK');
    database.close();
    gate.open();
    expect(await service.ended(id)).toMatchObject({ state: 'finished', tries: 2 });
    expect(keymapsIn(await service.file(id, 'download'))).toEqual([4]);
    expect(await service.stop()).toMatchObject({ exitCode: 0 });
    expect((await readRecords(place.dataDir)).buildFolders).toEqual([]);
  });
});

describe('a missing compiler', () => {
  it('fails the job by the name of the program and how to get it', async () => {
    const place = testPlace();
    const programs = linkPrograms(join(place.folder, 'bin'), ['make', 'sh']);
    const service = await place.serve({ env: { PATH: programs } });
    const id = await service.submit(keymapOf(1));
    expect(await service.ended(id)).toMatchObject({
      state: 'failed',
      error: {
        code: 'toolchain.missing',
        kind: 'environment',
        message: 'The program avr-gcc is needed for this and was not found.',
        remedy: 'On Debian or Ubuntu run: sudo apt-get install gcc-avr avr-libc.',
      },
    });
    expect((await service.contract(id)).result?.output).toContain('avr-gcc');

    linkPrograms(programs, ['avr-gcc', 'avr-objcopy', 'avr-size', 'mkdir', 'rm', 'mv', 'sed']);
    await expectGoodBuild(service, 2);
    await service.stop();
  });
});

describe('a compiler that is broken', () => {
  it('gives a finished job with the compiler’s own words, and no image', async () => {
    const place = testPlace();
    const folder = join(place.folder, 'toolchain');
    createGate(folder);
    writeFileSync(
      join(folder, 'bin/avr-gcc'),
      '#!/bin/sh\necho "avr-gcc: error: broken" >&2\nexit 1\n',
    );
    const service = await place.serve({ env: { KILN_TOOLCHAIN_DIR: folder } });
    const id = await service.submit(keymapOf(1));
    const view = await service.ended(id);
    expect(view).toMatchObject({ state: 'finished', result: { firmwareFilename: null } });
    expect(view.result?.returncode).toBeGreaterThan(0);
    expect(view.result?.errors[0]?.message).toBeTruthy();
    expect((await service.contract(id)).result?.output).toContain('avr-gcc: error: broken');
    rmSync(join(folder, 'bin/avr-gcc'));
    await expectGoodBuild(service, 2);
    await service.stop();
  });
});

describe('a firmware tree whose folder is gone', () => {
  it('refuses keymaps for it with the reason, and builds those for other trees', async () => {
    const place = testPlace();
    const folder = makeQmkFolder(join(place.folder, 'qmk'));
    expect(await place.run(['tree', 'add', 'mine', folder])).toMatchObject({ exitCode: 0 });
    rmSync(folder, { recursive: true });
    const service = await place.serve();
    const { status, error } = await service.refusal({ ...keymapOf(1), branch: 'mine' });
    expect({ status, ...error }).toMatchObject({
      status: 500,
      code: 'tree.missing',
      kind: 'environment',
      message: `The folder of the firmware tree mine is gone: ${folder}.`,
      remedy: expect.stringContaining('kiln tree add'),
    });
    await expectGoodBuild(service, 2);
    await service.stop();
  });
});
