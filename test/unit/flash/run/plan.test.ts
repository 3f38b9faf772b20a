import { describe, expect, it } from 'vitest';
import { findBootloader } from '../../../../flash/bootloaders/find.ts';
import { BOOTLOADERS } from '../../../../flash/bootloaders/table.ts';
import { recognise } from '../../../../flash/devices/recognise.ts';
import { readFirmwareImage } from '../../../../flash/image/firmware-image.ts';
import { type PlanRequest, planRun } from '../../../../flash/run/plan.ts';
import { caterinaAt } from '../../../fixtures/flash/service.ts';
import { hex, uf2 } from '../../../fixtures/images/images.ts';

const IMAGES = {
  hex: readFirmwareImage('a.hex', hex(Buffer.alloc(300, 1))),
  bin: readFirmwareImage('a.bin', Buffer.alloc(300, 1)),
  uf2: readFirmwareImage('a.uf2', uf2([{ address: 0x1000_0000, family: 0xe48b_ff56 }])),
};

function request(key: string, changes: Partial<PlanRequest> = {}): PlanRequest {
  const bootloader = findBootloader(key);
  if (bootloader === null) throw new Error(key);
  const [id] = bootloader.ids;
  const base = caterinaAt('1-2.3', 5, '/dev/ttyACM7');
  const usb =
    base.usb === null || id === undefined ? base.usb : { ...base.usb, vid: id.vid, pid: id.pid };
  const volumes = [{ mount: '/media/x', device: '/dev/sda1', readOnly: false, uf2: null }];
  const attached = { ...base, usb, volumes };
  const [format = 'hex'] = bootloader.formats;
  return {
    action: 'flash',
    hand: null,
    image: IMAGES[format],
    device: { ...recognise(attached, () => []), bootloader },
    bootloader,
    mcu: bootloader.mcus[0] ?? null,
    folder: '/run',
    dfuProgrammerVersion: 'dfu-programmer 1.1.0',
    ...changes,
  };
}

/** The command lines of a plan, or what is copied where. */
function commands(key: string, changes: Partial<PlanRequest> = {}): readonly string[] {
  return planRun(request(key, changes)).steps.map(({ work }) =>
    work.kind === 'copy' ? `copy ${work.folder}/${work.name}` : work.command.args.join(' '),
  );
}

describe('the command lines', () => {
  it.each([
    ['caterina', ['-p m32u4 -c avr109 -P /dev/ttyACM7 -U flash:w:/run/image.hex:i']],
    ['usbasploader', ['-p m32 -c usbasp -U flash:w:/run/image.hex:i']],
    [
      'qmk-dfu',
      [
        'atmega16u2:1,5 erase --force',
        'atmega16u2:1,5 flash --force /run/image.hex',
        'atmega16u2:1,5 reset',
      ],
    ],
    [
      'stm32-dfu',
      [
        '-a 0 -d ,0483:df11 -p 1-2.3 -s 0x08000000 -D /run/image.bin',
        '-a 0 -d ,0483:df11 -p 1-2.3 -s 0x08000000:300 -U /run/read-back.bin',
        '-a 0 -d ,0483:df11 -p 1-2.3 -s 0x08000000:leave',
      ],
    ],
    ['stm32duino', ['-a 2 -d ,1eaf:0003 -p 1-2.3 -R -D /run/image.bin']],
    ['kiibohd', ['-a 0 -d ,1c11:b007 -p 1-2.3 -D /run/image.bin']],
    ['halfkay', ['--mcu=TEENSY2 -v /run/image.hex']],
    ['qmk-hid', ['-mmcu=atmega16u2 -v /run/image.hex']],
    ['bootloadhid', ['-r /run/image.hex']],
    ['wb32-dfu', ['-t -s 0x08000000 -D /run/image.bin', '-R']],
    ['md-boot', ['-p /dev/ttyACM7 -D /run/image.bin --restart']],
    ['rp2040', ['copy /media/x/NEW.UF2']],
    ['lufa-ms', ['copy /media/x/FLASH.BIN']],
  ])('of %s address exactly this device', (key, wanted) => {
    expect(commands(key)).toEqual(wanted);
  });

  it('know what an old dfu-programmer does not', () => {
    const old = { dfuProgrammerVersion: 'dfu-programmer 0.6.1' };
    expect(commands('atmel-dfu', old)[0]).toBe('atmega16u2:1,5 erase');
    expect(commands('qmk-dfu', { ...old, action: 'clear-eeprom' })[0]).toBe(
      'atmega16u2:1,5 flash-eeprom /run/settings.eep',
    );
    expect(commands('qmk-dfu', { action: 'clear-eeprom' })[0]).toBe(
      'atmega16u2:1,5 flash --force --eeprom /run/settings.eep',
    );
  });
});

describe('every bootloader of the table', () => {
  it.each(BOOTLOADERS.map(({ key }) => key))('%s has a plan that shows its work', (key) => {
    const { steps, comparable } = planRun(request(key));
    expect(steps.filter(({ facts }) => facts.writesFlash)).toHaveLength(1);
    for (const { facts } of steps) {
      // What writes is never believed for its exit code, and never stopped in the middle.
      if (facts.writesFlash)
        expect(facts).toMatchObject({ exitCodeTells: false, cancelable: false });
    }
    expect(comparable).toBe(findBootloader(key)?.verify !== 'none');
  });
});

describe('the settings', () => {
  it('of Atmel DFU cost the firmware, which is written again', () => {
    expect(() => planRun(request('atmel-dfu', { action: 'clear-eeprom', image: null }))).toThrow(
      expect.objectContaining({ code: 'flash.unsupported' }),
    );
    const plan = planRun(request('atmel-dfu', { action: 'clear-eeprom' }));
    expect(plan.goal).toBe('firmware');
    expect(plan.steps.map(({ facts }) => facts.stage)).toEqual([
      'erase',
      'write',
      'write',
      'restart',
    ]);
    expect(plan.steps.map(({ facts }) => facts.writesFlash)).toEqual([false, false, true, false]);
  });

  it.each(['halfkay', 'stm32-dfu', 'rp2040', 'bootloadhid'])('cannot be reached in %s', (key) => {
    expect(() => planRun(request(key, { action: 'clear-eeprom' }))).toThrow(
      expect.objectContaining({ code: 'flash.unsupported' }),
    );
  });
});

describe('leaving', () => {
  it.each([
    ['stm32-dfu', ['-a 0 -d ,0483:df11 -p 1-2.3 -s 0x08000000:leave']],
    ['kiibohd', ['-a 0 -d ,1c11:b007 -p 1-2.3 -e']],
    ['halfkay', ['--mcu=TEENSY2 -b -v']],
    ['atmel-dfu', ['atmega16u2:1,5 reset']],
  ])('%s is one command', (key, wanted) => {
    expect(commands(key, { action: 'exit' })).toEqual(wanted);
  });

  it.each(['caterina', 'rp2040', 'usbasploader'])('%s has none', (key) => {
    expect(() => planRun(request(key, { action: 'exit' }))).toThrow(
      expect.objectContaining({ code: 'flash.unsupported' }),
    );
  });
});

describe('a chip that nothing tells', () => {
  it('is asked for', () => {
    expect(() => planRun(request('halfkay', { mcu: null }))).toThrow(
      expect.objectContaining({ code: 'flash.mcu-needed' }),
    );
  });
});
