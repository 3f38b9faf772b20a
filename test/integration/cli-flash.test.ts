/** `kiln flash`, `devices` and `udev` on a machine to which no keyboard is attached, and the program without them. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hex } from '../fixtures/images/images.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { testPlace } from '../fixtures/service/test-place.ts';

const HEADLESS = resolve(import.meta.dirname, '../../flash/headless.ts');

describe('kiln flash', () => {
  it('waits as long as it was told, and says that the keyboard is as it was', async () => {
    const place = testPlace();
    writeFileSync(join(place.folder, 'pad.hex'), hex(Buffer.alloc(300, 1)));
    const args = [
      'flash',
      'pad.hex',
      '--keyboard',
      'kiln/pad4x4',
      '--yes',
      '--wait',
      '0',
      '--json',
    ];
    const ended = await place.run(args);
    expect(ended.exitCode).toBe(3);
    expect(jsonOf(ended).run).toMatchObject({
      keyboard: 'kiln/pad4x4',
      image: { name: 'pad.hex', size: 300 },
      holds: 'unchanged',
      end: { outcome: 'failed', holds: 'It still holds the firmware that it had.' },
    });
  });

  it.each([
    [[], 'flash.image-invalid'],
    [['nowhere.hex', '--yes'], 'flash.image-invalid'],
    [['bad.hex', '--yes'], 'flash.image-invalid'],
    [['--hand', 'up'], 'flash.unsupported'],
    [['bad.hex', '--wait', 'long'], 'settings.invalid'],
  ])('with %j is refused as %s', async (args, code) => {
    const place = testPlace();
    writeFileSync(join(place.folder, 'bad.hex'), 'hello');
    const ended = await place.run(['flash', ...args, '--json']);
    expect(jsonOf(ended).error).toMatchObject({ code });
    expect(ended.exitCode).toBe(2);
  });

  it('writes nothing without a yes', async () => {
    const place = testPlace();
    writeFileSync(join(place.folder, 'pad.hex'), hex(Buffer.alloc(300, 1)));
    const ended = await place.run(['flash', 'pad.hex', '--json']);
    expect(jsonOf(ended).error).toMatchObject({ code: 'flash.canceled' });
  });
});

describe('kiln devices and kiln udev', () => {
  it('say what is attached, and which rules let it be opened', async () => {
    const place = testPlace();
    const devices = jsonOf(await place.run(['devices', '--json']));
    expect(devices.devices).toEqual(expect.any(Array));
    const udev = await place.run(['udev']);
    expect(udev.exitCode).toBe(0);
    expect(udev.stdout).toContain(
      'ATTRS{idVendor}=="0483", ATTRS{idProduct}=="df11", TAG+="uaccess"',
    );
  });
});

describe('the flash code alone', () => {
  it('lists devices and flashes without a service or a database', async () => {
    const run = promisify(execFile);
    const list = await run(process.execPath, [HEADLESS, '{"list":true}']);
    expect(JSON.parse(list.stdout)).toMatchObject({ event: 'devices' });
    const request = JSON.stringify({ action: 'exit', waitMs: 0 });
    const failed = await run(process.execPath, [HEADLESS, request]).catch((error) => error);
    expect(failed.code).toBe(1);
    const last = failed.stdout.trim().split('\n').at(-1);
    expect(JSON.parse(last)).toMatchObject({ event: 'end', state: { holds: 'unchanged' } });
  });
});
