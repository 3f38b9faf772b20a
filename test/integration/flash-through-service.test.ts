/** `kiln flash` beside a running service: the service flashes, and both tell the same. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { BusProMicro } from '../emulators/bus-boards.ts';
import { createSysfs } from '../fixtures/flash/sysfs.ts';
import { hex } from '../fixtures/images/images.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';

const SERVICE = join(import.meta.dirname, '../fixtures/flash/serve-with-bus.ts');
const FLASH = ['flash', 'pad.hex', '--keyboard', 'kiln/pad4x4', '--yes'];

async function placeWithBoard() {
  const place = testPlace();
  writeFileSync(join(place.folder, 'pad.hex'), hex(Buffer.alloc(300, 0x55)));
  const sysfs = createSysfs(join(place.folder, 'bus'));
  const board = new BusProMicro(sysfs, '1-1', { vid: '1209', pid: '0001', product: 'Pad 4x4' });
  board.plugIn();
  onTestFinished(() => board.close());
  await place.serve({ program: SERVICE, more: [JSON.stringify(sysfs.places)] });
  return { place, board };
}

it('writes through the service, shows its progress, and says how it ended', async () => {
  const { place, board } = await placeWithBoard();
  const command = place.start(FLASH);
  await until('it waits for the board', () => command.stderr().includes('Waiting for the'));
  expect(command.stderr()).toContain('Flashing through the service at http://');
  const second = await place.run([...FLASH, '--json', '--wait', '0']);
  expect(jsonOf(second).error).toMatchObject({ code: 'flash.busy' });
  await board.enterBootloader();
  const ended = await command.ended;
  expect(ended.exitCode, ended.stderr).toBe(0);
  expect(ended.stdout).toContain('The new firmware was written and compared');
  expect(ended.stdout).toContain('byte by byte');
  expect(board.device.pagesWritten).toBeGreaterThan(0);
  expect(board.device.violations).toEqual([]);
});

it('Ctrl+C ends the run of the service, and programs are told the same as without one', async () => {
  const { place, board } = await placeWithBoard();
  const command = place.start(FLASH);
  await until('it waits for the board', () => command.stderr().includes('Waiting for the'));
  command.child.kill('SIGINT');
  const canceled = await command.ended;
  expect(canceled.exitCode).toBe(130);
  expect(canceled.stdout).toContain('The run was canceled.');
  const late = await place.run([...FLASH, '--json', '--wait', '0']);
  expect(late.exitCode).toBe(3);
  expect(jsonOf(late).run).toMatchObject({
    keyboard: 'kiln/pad4x4',
    image: { name: 'pad.hex', size: 300 },
    jobId: null,
    holds: 'unchanged',
    end: { outcome: 'failed', holds: 'It still holds the firmware that it had.' },
  });
  expect(board.device.commands).toEqual([]);
});
