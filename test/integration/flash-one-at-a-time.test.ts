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

function flasher(folder: string) {
  const database = openDatabase(':memory:');
  const flash = createFlashService({
    watcher: showDevices(),
    history: createFlashHistory(database),
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
  return { flash, start: () => flash.start({ ...wish, waitMs: 60_000 }) };
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
