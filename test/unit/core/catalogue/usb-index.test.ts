import { describe, expect, it } from 'vitest';
import { usbIndex } from '../../../../core/catalogue/usb-index.ts';

const row = (name: string, usb: object) => ({ name, usb: JSON.stringify(usb) });

describe('usbIndex', () => {
  it('groups keyboards by vendor and product, ids as each spells them', () => {
    const planck = { vid: '0x03A8', pid: '0xA4F9', device_version: '0.0.1' };
    const copy = { vid: '0x03A8', pid: '0xA4F9' };
    const lower = { vid: '0x03a8', pid: '0x0001' };
    expect(usbIndex([row('planck', planck), row('copy', copy), row('lower', lower)])).toEqual({
      '0x03A8': { '0xA4F9': { planck, copy } },
      '0x03a8': { '0x0001': { lower } },
    });
  });

  it('has a vendor without products for a keyboard without a product id', () => {
    expect(usbIndex([row('a', { vid: '0x1' })])).toEqual({ '0x1': {} });
  });

  it('leaves out what has no vendor', () => {
    expect(usbIndex([row('a', { pid: '0x1' }), row('b', {})])).toEqual({});
  });
});
