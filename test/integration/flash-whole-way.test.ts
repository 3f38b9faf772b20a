/** From a keymap in JSON to the flash of an emulated Pro Micro, with the real compiler and the real avrdude. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../core/db/database.ts';
import { createLogger } from '../../core/log.ts';
import { createFlashService } from '../../flash/flash-service.ts';
import { createFlashHistory } from '../../flash/history/flash-history.ts';
import { readFirmwareImage } from '../../flash/image/firmware-image.ts';
import { ProMicro } from '../emulators/pro-micro.ts';
import { testCatalogues, testTrees } from '../fixtures/api/catalogue.ts';
import { hexImage, request, toolchainWith } from '../fixtures/flash/runs.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';
import { temporaryFolder } from '../fixtures/toolchain/tools.ts';

beforeAll(requireTools);

const PAD = { tree: 'starter', name: 'kiln/pad4x4' };

/** The flash service over one emulated board, with a catalogue that knows the pad. */
async function service(board: ProMicro) {
  const database = openDatabase(':memory:');
  const flash = createFlashService({
    watcher: {
      list: () => board.list(),
      watch: (listener) => board.watch(listener),
      touch: (port) => board.touch(port),
      listen: () => () => undefined,
      ready: Promise.resolve(),
      trouble: null,
      stop: async () => undefined,
    },
    history: createFlashHistory(database),
    catalogues: {
      forTree: async (tree) => ({
        ...(await testCatalogues.forTree(tree === 'starter' ? 'qmk' : tree)),
        resolve: async (name) => name,
        info: async (name) => ({
          keyboard_folder: name,
          processor: 'atmega32u4',
          bootloader: 'caterina',
          usb: { vid: '0x1209', pid: '0x0001' },
          layouts: {},
        }),
      }),
    },
    trees: testTrees,
    toolchain: toolchainWith(),
    folder: join(temporaryFolder(), 'runs'),
    log: createLogger({ level: 'silent', name: 'test' }),
    returnMs: 20_000,
  });
  onTestFinished(async () => {
    await flash.stop();
    await board.unplug();
    database.close();
  });
  const start = (changes: Partial<Parameters<typeof flash.start>[0]>) => {
    const { keyboard: _, builtFor: __, ...rest } = request();
    return flash.start({ ...rest, keyboard: null, builtFor: null, jobId: null, ...changes });
  };
  const end = (id: string) => until('the end', () => flash.run(id).record.end);
  return { flash, start, end };
}

describe('the whole way', () => {
  it('from a keymap to the keyboard: its flash holds exactly what was built', async () => {
    const place = testPlace();
    writeFileSync(join(place.folder, 'keymap.json'), JSON.stringify(keymapOf(7)));
    const built = await place.run(['compile', 'keymap.json', '--json', '-o', 'out/']);
    expect(built).toMatchObject({ exitCode: 0 });
    const file = join(place.folder, String(jsonOf(built).image));
    const content = readFileSync(file);
    expect(keymapsIn(content)).toEqual([7]);

    const board = await ProMicro.plugIn({ inBootloader: false });
    const { flash, start, end } = await service(board);
    const image = readFirmwareImage('kiln_pad4x4_same.hex', content);
    const { record } = await start({ image, builtFor: PAD });
    expect(await end(record.id)).toMatchObject({ outcome: 'complete' });

    const expected = Buffer.alloc(32 * 1024, 0xff);
    for (const { address, bytes } of image.parts[0]?.segments ?? []) expected.set(bytes, address);
    expect(Buffer.compare(Buffer.from(board.device.flash), expected)).toBe(0);
    expect(board.device.violations).toEqual([]);
    expect(flash.runs(10)).toMatchObject([
      { record: { keyboard: 'kiln/pad4x4', holds: 'new', bootloader: 'caterina' }, live: null },
    ]);
    expect(flash.log(record.id).join('\n')).toContain('bytes of flash verified');
  });
});

describe('a run that waits', () => {
  it('is armed for one keyboard and one image, and may be canceled', async () => {
    const board = await ProMicro.plugIn();
    await board.unplug();
    const { flash, start } = await service(board);
    const { record } = await start({ image: hexImage(100).image, keyboard: PAD, waitMs: 60_000 });
    await until('it waits', () => flash.run(record.id).live?.state.phase === 'wait');
    expect(flash.run(record.id).live?.waiting.instructions.join()).toContain('QK_BOOT');
    await expect(start({ image: hexImage(100).image })).rejects.toMatchObject({
      code: 'flash.busy',
    });
    const canceled = await flash.cancel(record.id);
    expect(canceled.record).toMatchObject({ holds: 'unchanged', end: { outcome: 'canceled' } });
    // It fires no more.
    await board.enterBootloader();
    expect(board.device.commands).toEqual([]);
  });

  it('cannot be canceled in the middle of writing, and says why', async () => {
    const board = await ProMicro.plugIn();
    const { flash, start, end } = await service(board);
    const { record } = await start({ image: hexImage(20_000).image, keyboard: PAD });
    await until('it writes', () => board.device.pagesWritten > 0);
    await expect(flash.cancel(record.id)).rejects.toMatchObject({ code: 'flash.not-now' });
    expect(await end(record.id)).toMatchObject({ outcome: 'complete' });
  });
});
