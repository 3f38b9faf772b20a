import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Catalogues, UsbIndex } from '../../../core/catalogue/contract.ts';
import { createLogger } from '../../../core/log.ts';
import type { TreeRegistry } from '../../../core/trees/contract.ts';
import { createFlashService } from '../../../flash/flash-service.ts';
import { caterinaAt, showDevices } from '../../fixtures/flash/service.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A keyboard that runs its firmware. */
function padAt(place: string) {
  const board = caterinaAt(place);
  if (board.usb === null) throw new Error('a board has a USB device');
  return { ...board, usb: { ...board.usb, vid: '1209', pid: '0001' } };
}

/** The flash service over one tree, of which more becomes known as it is read. */
function serviceOverTree() {
  let usb: UsbIndex = {};
  let revision = 'nothing read';
  let reads = 0;
  const catalogue = {
    status: async () => ({ revision }),
    usb: async () => {
      reads += 1;
      return usb;
    },
  };
  const watcher = showDevices();
  const flash = createFlashService({
    watcher,
    folder: '/nowhere',
    catalogues: { forTree: async () => catalogue } as unknown as Catalogues,
    trees: { list: async () => [{ name: 'starter' }] } as unknown as TreeRegistry,
    history: {} as never,
    toolchain: {} as never,
    log: createLogger({ level: 'silent', name: 'test' }),
  });
  return {
    flash,
    watcher,
    reads: () => reads,
    read(index: UsbIndex) {
      usb = index;
      revision += ', more';
    },
    kinds: async () => (await flash.devices()).devices.map(({ kind }) => kind),
  };
}

it('tells of a keyboard that becomes known after it was plugged in, while its tree is read', async () => {
  const { flash, watcher, read, reads, kinds } = serviceOverTree();
  let told = 0;
  const stop = flash.watchDevices(() => {
    told += 1;
  });
  expect(await kinds()).toEqual([]);
  watcher.show([padAt('1-1')]);
  expect(told).toBe(1);
  expect(await kinds()).toEqual(['other']);
  read({ '0x1209': { '0x0001': { 'kiln/pad4x4': {} } } });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toBe(2);
  expect(await kinds()).toEqual(['keyboard']);
  // As long as nothing more is read, nothing is read again, and nobody told.
  const before = reads();
  await vi.advanceTimersByTimeAsync(20_000);
  expect([told, reads()]).toEqual([2, before]);
  stop();
  read({});
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toBe(2);
});

it('knows the keyboards for each of two who ask at the same time', async () => {
  const { watcher, read, kinds } = serviceOverTree();
  read({ '0x1209': { '0x0001': { 'kiln/pad4x4': {} } } });
  watcher.show([padAt('1-1')]);
  expect(await Promise.all([kinds(), kinds()])).toEqual([['keyboard'], ['keyboard']]);
});
