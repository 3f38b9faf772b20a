import { describe, expect, it } from 'vitest';
import { recognise } from '../../../../flash/devices/recognise.ts';
import { readFirmwareImage } from '../../../../flash/image/firmware-image.ts';
import { previewRun } from '../../../../flash/run/preview.ts';
import type { FlashRequest } from '../../../../flash/run/request.ts';
import { caterinaAt } from '../../../fixtures/flash/service.ts';
import { hex } from '../../../fixtures/images/images.ts';

const PAD = {
  name: 'kiln/pad4x4',
  processor: 'atmega32u4',
  bootloader: 'caterina',
  usb: { vid: '1209', pid: '0001' },
};

function request(bytes: number, changes: Partial<FlashRequest> = {}): FlashRequest {
  return {
    action: 'flash',
    hand: null,
    image: readFirmwareImage('a.hex', hex(Buffer.alloc(bytes, 1))),
    builtFor: PAD,
    keyboard: PAD,
    device: null,
    bootloader: null,
    mcu: null,
    confirmation: null,
    waitMs: 0,
    ...changes,
  };
}

const attached = [recognise(caterinaAt('1-2', 4, '/dev/ttyACM0'), () => [])];

describe('a preview', () => {
  it('goes by what is known of the keyboard while no bootloader is there', () => {
    expect(previewRun(request(300), [])).toMatchObject({
      device: null,
      bootloader: { key: 'caterina' },
      mcu: 'atmega32u4',
      room: 28_672,
      findings: [],
      confirm: null,
    });
  });

  it('asks for the name where only metadata speaks against the image, and stops where the device does', () => {
    const early = previewRun(request(30_000), []);
    expect(early).toMatchObject({ findings: [{ severity: 'mismatch' }], confirm: 'kiln/pad4x4' });
    const late = previewRun(request(30_000), attached);
    expect(late).toMatchObject({ findings: [{ severity: 'stop' }], confirm: null });
  });

  it('asks for the name of the keyboard that it is said to be', () => {
    const other = { ...PAD, name: 'other/board' };
    expect(previewRun(request(300, { keyboard: other }), attached)).toMatchObject({
      findings: [{ rule: 'keyboard', severity: 'mismatch' }],
      confirm: 'other/board',
    });
  });

  it('knows nothing of a keyboard that nobody named, and says no more than that', () => {
    expect(previewRun(request(300, { keyboard: null, builtFor: null }), [])).toEqual({
      device: null,
      bootloader: null,
      mcu: null,
      room: null,
      findings: [],
      confirm: null,
    });
  });
});
