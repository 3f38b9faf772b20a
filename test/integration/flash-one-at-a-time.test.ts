/** Two processes on one data folder, two flashers: only one may have the keyboard. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../core/db/database.ts';
import { createLogger } from '../../core/log.ts';
import { createFlashService } from '../../flash/flash-service.ts';
import { createFlashHistory } from '../../flash/history/flash-history.ts';
import { testCatalogues, testTrees } from '../fixtures/api/catalogue.ts';
import { hexImage, request, toolchainWith } from '../fixtures/flash/runs.ts';
import { showDevices } from '../fixtures/flash/service.ts';
import { until } from '../fixtures/service/until.ts';
import { temporaryFolder } from '../fixtures/toolchain/tools.ts';

const NOTHING = { action: 'flash', keyboard: null, image: null, jobId: null } as const;

function flasher(folder: string, file = ':memory:') {
  const database = openDatabase(file);
  const history = createFlashHistory(database);
  const flash = createFlashService({
    watcher: showDevices(),
    history,
    catalogues: testCatalogues,
    trees: testTrees,
    toolchain: toolchainWith(),
    folder: join(folder, 'runs'),
    lockFile: join(folder, 'flash.lock'),
    log: createLogger({ level: 'silent', name: 'test' }),
  });
  onTestFinished(async () => {
    await flash.stop();
    database.close();
  });
  const { keyboard: _, builtFor: __, ...rest } = request();
  const wish = { ...rest, image: hexImage(100).image, keyboard: null, builtFor: null, jobId: null };
  return { flash, history, start: () => flash.start({ ...wish, waitMs: 60_000 }) };
}

it('the second is refused as long as the first waits or writes, and leaves no run behind', async () => {
  const folder = temporaryFolder();
  const [service, command] = [flasher(folder), flasher(folder)];
  const { record } = await service.start();
  await expect(command.start()).rejects.toMatchObject({ code: 'flash.busy' });
  expect(command.flash.runs(10)).toEqual([]);
  await until('it waits', () => service.flash.run(record.id).live?.state.phase === 'wait');
  await service.flash.cancel(record.id);
  const second = await command.start();
  await expect(service.start()).rejects.toMatchObject({ code: 'flash.busy' });
  await command.flash.cancel(second.record.id);
});

it('a process that starts leaves the run of another one alone, and ends those that nobody drives any more', async () => {
  const folder = temporaryFolder();
  const [command, service] = [1, 2].map(() => flasher(folder, join(folder, 'kiln.sqlite')));
  if (command === undefined || service === undefined) throw new Error('there are two');
  const left = { ...NOTHING, id: '0'.repeat(32), startedAt: 1 };
  const { record } = await command.start();
  command.history.begin(left);
  expect(service.flash.endCutOff()).toBe(0);
  expect(service.flash.run(record.id).record.end).toBeNull();
  await command.flash.cancel(record.id);
  expect(service.flash.endCutOff()).toBe(1);
  expect(service.flash.run(left.id).record.end?.message).toContain('in the middle');
  expect(service.flash.run(record.id).record.end?.outcome).toBe('canceled');
});
