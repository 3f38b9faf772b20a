/** The emulated devices themselves: a test in the lab is worth what they forgive. No product code takes part. */
import { describe, expect, it } from 'vitest';
import { DfuSeDevice } from '../../emulators/dfuse.ts';
import { FlipDevice } from '../../emulators/flip.ts';
import { HalfKayDevice } from '../../emulators/halfkay.ts';
import { keyboardDevice } from '../../emulators/hid.ts';
import { CaterinaDevice, TouchableKeyboard } from '../../emulators/serial-device.ts';
import { Uf2DiskDevice } from '../../emulators/uf2-disk.ts';
import type { UsbDevice } from '../../emulators/usb-device.ts';
import { UsbIpSession } from '../../emulators/usb-ip.ts';
import { uf2 } from '../../fixtures/images/images.ts';

const OUT = 0x21;
const IN = 0xa1;

const out = (device: UsbDevice, request: number, value: number, data: Uint8Array) =>
  device.control({ type: OUT, request, value, index: 0, length: data.length }, Buffer.from(data));
const read = (device: UsbDevice, request: number, length: number, value = 0) =>
  device.control({ type: IN, request, value, index: 0, length }, Buffer.alloc(0));
const descriptor = (device: UsbDevice, kind: number, length = 255) =>
  device.control({ type: 0x80, request: 6, value: kind << 8, index: 0, length }, Buffer.alloc(0));

const DNLOAD = 1;
const UPLOAD = 2;
const GETSTATUS = 3;

describe('every emulated device', () => {
  const devices: readonly UsbDevice[] = [
    new DfuSeDevice(),
    new FlipDevice(),
    new HalfKayDevice(),
    new CaterinaDevice(),
    new Uf2DiskDevice(),
    new TouchableKeyboard({ vid: 1, pid: 2, manufacturer: 'a', product: 'b' }),
    keyboardDevice({ vid: 1, pid: 2, manufacturer: 'a', product: 'b' }),
  ];

  it.each(devices)('describes itself with lengths that add up', (device) => {
    expect(descriptor(device, 1)).toHaveLength(18);
    const whole = descriptor(device, 2) ?? Buffer.alloc(0);
    expect(whole.readUInt16LE(2)).toBe(whole.length);
    const kinds: number[] = [];
    for (let at = 0; at < whole.length; at += whole.readUInt8(at)) {
      kinds.push(whole.readUInt8(at + 1));
    }
    expect(kinds.filter((kind) => kind === 4)).toHaveLength(whole.readUInt8(4));
  });

  it.each(devices)('sends no more than was asked for', (device) => {
    expect(descriptor(device, 2, 9)).toHaveLength(9);
  });
});

describe('DfuSe', () => {
  const command = (device: DfuSeDevice, code: number, address: number) => {
    const bytes = Buffer.alloc(5);
    bytes[0] = code;
    bytes.writeUInt32LE(address, 1);
    out(device, DNLOAD, 0, bytes);
    return [read(device, GETSTATUS, 6), read(device, GETSTATUS, 6)];
  };
  const page = Buffer.alloc(2048, 0x11);

  it('programs what was erased', () => {
    const device = new DfuSeDevice();
    command(device, 0x41, 0x0800_0800);
    command(device, 0x21, 0x0800_0800);
    out(device, DNLOAD, 2, page);
    expect(read(device, GETSTATUS, 6)?.[0]).toBe(0);
    expect(device.flash.bytes.subarray(2048, 4096)).toEqual(new Uint8Array(page));
    expect(device.flash.bytes[2047]).toBe(0x5a);
    expect(device.violations).toEqual([]);
  });

  it('notes a write without an erase, and refuses it', () => {
    const device = new DfuSeDevice();
    out(device, DNLOAD, 2, page);
    expect(read(device, GETSTATUS, 6)?.[0]).toBe(6);
    expect(device.violations).toHaveLength(1);
  });

  it('neither erases, writes nor reads while it is locked', () => {
    const device = new DfuSeDevice({ locked: true });
    expect(command(device, 0x41, 0x0800_0000)[0]?.[0]).toBe(11);
    expect(device.flash.bytes[0]).toBe(0x5a);
    read(device, 4, 0);
    expect(read(device, UPLOAD, 2048, 2)).toBeNull();
  });

  it('leaves when it is told to, and not before', () => {
    const device = new DfuSeDevice();
    out(device, DNLOAD, 0, Buffer.alloc(0));
    expect(device.left).toBe(false);
    read(device, GETSTATUS, 6);
    expect(device.left).toBe(true);
  });
});

describe('FLIP', () => {
  const program = (start: number, data: Buffer) => {
    const head = Buffer.alloc(32 + (start % 32));
    head[0] = 1;
    head.writeUInt16BE(start, 2);
    head.writeUInt16BE(start + data.length - 1, 4);
    return Buffer.concat([head, data, Buffer.alloc(16)]);
  };
  const ERASE = Buffer.from([4, 0, 0xff, 0, 0, 0]);

  it('programs what was erased, and refuses its own place', () => {
    const device = new FlipDevice();
    out(device, DNLOAD, 0, ERASE);
    out(device, DNLOAD, 0, program(33, Buffer.from('abc')));
    expect(Buffer.from(device.flash.bytes.subarray(32, 37)).toString('latin1')).toBe('\xffabc\xff');
    expect(device.violations).toEqual([]);
    out(device, DNLOAD, 0, program(28 * 1024, Buffer.from('abc')));
    expect(device.violations).toHaveLength(1);
    expect(device.flash.bytes[28 * 1024]).toBe(0x5a);
  });

  it('is unlocked by an erase only', () => {
    const device = new FlipDevice({ locked: true });
    out(device, DNLOAD, 0, program(0, Buffer.from('abc')));
    expect(read(device, GETSTATUS, 6)?.[0]).toBe(3);
    out(device, DNLOAD, 0, ERASE);
    out(device, DNLOAD, 0, program(0, Buffer.from('abc')));
    expect(read(device, GETSTATUS, 6)?.[0]).toBe(0);
  });
});

describe('HalfKay', () => {
  const block = (address: number, fill: number) => {
    const bytes = Buffer.alloc(130, fill);
    bytes.writeUInt16LE(address, 0);
    return bytes;
  };

  it('erases at its first block, and starts the firmware at 0xffff', () => {
    const device = new HalfKayDevice();
    out(device, 9, 0x200, block(0, 1));
    out(device, 9, 0x200, block(128, 2));
    expect(device.flash.bytes.subarray(127, 129)).toEqual(new Uint8Array([1, 2]));
    expect(device.flash.bytes[256]).toBe(0xff);
    expect(device.left).toBe(false);
    out(device, 9, 0x200, block(0xffff, 0));
    expect(device.left).toBe(true);
    expect(device.violations).toEqual([]);
  });

  it('refuses a block of its own place', () => {
    const device = new HalfKayDevice();
    expect(out(device, 9, 0x200, block(0x7e00, 1))).toBeNull();
    expect(device.violations).toHaveLength(1);
  });
});

describe('a keyboard with a serial port', () => {
  it('leaves when its port is closed at 1200 baud, and at no other speed', () => {
    const keyboard = new TouchableKeyboard({ vid: 1, pid: 2, manufacturer: 'a', product: 'b' });
    const close = (baud: number) => {
      const coding = Buffer.alloc(7);
      coding.writeUInt32LE(baud);
      out(keyboard, 0x20, 0, coding);
      out(keyboard, 0x22, 1, Buffer.alloc(0));
      const before = keyboard.left;
      out(keyboard, 0x22, 0, Buffer.alloc(0));
      return [before, keyboard.left];
    };
    expect(close(9600)).toEqual([false, false]);
    expect(close(1200)).toEqual([false, true]);
  });
});

describe('the UF2 disk', () => {
  const wrapper = (command: number[], length: number, toHost: boolean) => {
    const bytes = Buffer.alloc(31);
    bytes.write('USBC', 0, 'latin1');
    bytes.writeUInt32LE(7, 4);
    bytes.writeUInt32LE(length, 8);
    bytes[12] = toHost ? 0x80 : 0;
    Buffer.from(command).copy(bytes, 15);
    return bytes;
  };
  const write = (disk: Uf2DiskDevice, sector: number, data: Buffer) => {
    const blocks = data.length / 512;
    disk.receive(
      2,
      wrapper([0x2a, 0, 0, 0, sector >> 8, sector & 0xff, 0, 0, blocks], data.length, false),
    );
    disk.receive(2, data);
    return disk.send(1, 13)?.[12];
  };
  const file = uf2(
    [0, 1, 2].map((number) => ({ address: 0x1000_0000 + number * 256, family: 0xe48b_ff56 })),
  );

  it('shows one volume with INFO_UF2.TXT', () => {
    const disk = new Uf2DiskDevice();
    disk.receive(2, wrapper([0x28, 0, 0, 0, 1, 4, 0, 0, 1], 512, true));
    expect(disk.send(1, 512)?.toString('latin1', 0, 64)).toContain('INFO_UF2TXT');
  });

  it('takes blocks wherever they are written, and leaves with the last one', () => {
    const disk = new Uf2DiskDevice();
    expect(write(disk, 1000, file.subarray(512))).toBe(0);
    expect(disk.left).toBe(false);
    write(disk, 2000, file.subarray(0, 512));
    expect(disk.left).toBe(true);
    expect(disk.flash.bytes[767]).toBe(0);
    // The rest of the unit that it had to erase.
    expect(disk.flash.bytes[768]).toBe(0xff);
    expect(disk.flash.bytes[4096]).toBe(0x5a);
    expect(disk.violations).toEqual([]);
  });

  it('passes over blocks for other chips', () => {
    const disk = new Uf2DiskDevice();
    write(disk, 1000, uf2([{ address: 0x1000_0000, family: 0x5775_5a57 }]));
    expect(disk.blocks).toBe(0);
    expect(disk.left).toBe(false);
  });
});

describe('USB/IP', () => {
  const submit = (sequence: number, isIn: boolean, endpoint: number, length: number) => {
    const head = Buffer.alloc(48);
    head.writeUInt32BE(1, 0);
    head.writeUInt32BE(sequence, 4);
    head.writeUInt32BE(isIn ? 1 : 0, 12);
    head.writeUInt32BE(endpoint, 16);
    head.writeUInt32BE(length, 24);
    return head;
  };

  it('lets a read wait until the device has something to say', () => {
    const device = new CaterinaDevice();
    const session = new UsbIpSession(device);
    expect(session.receive(submit(1, true, 3, 64))).toHaveLength(0);
    const answers = session.receive(Buffer.concat([submit(2, false, 4, 1), Buffer.from('S')]));
    expect(answers.readUInt32BE(4)).toBe(2);
    expect(answers.readUInt32BE(48 + 4)).toBe(1);
    expect(answers.toString('latin1', 96)).toBe('CATERIN');
  });

  it('takes messages in pieces', () => {
    const session = new UsbIpSession(new HalfKayDevice());
    const message = submit(5, true, 0, 18);
    Buffer.from([0x80, 6, 0, 1, 0, 0, 18, 0]).copy(message, 40);
    expect(session.receive(message.subarray(0, 20))).toHaveLength(0);
    expect(session.receive(message.subarray(20))).toHaveLength(48 + 18);
  });

  it('says of a canceled read that it was canceled, and of another that it was too late', () => {
    const session = new UsbIpSession(new CaterinaDevice());
    session.receive(submit(1, true, 3, 64));
    const unlink = Buffer.alloc(48);
    unlink.writeUInt32BE(2, 0);
    unlink.writeUInt32BE(9, 4);
    unlink.writeUInt32BE(1, 20);
    expect(session.receive(unlink).readInt32BE(20)).toBe(-104);
    expect(session.receive(unlink).readInt32BE(20)).toBe(0);
  });

  it('answers nothing any more once the cable is pulled', () => {
    const device = new HalfKayDevice({ pulledAtBlock: 1 });
    const session = new UsbIpSession(device);
    const message = submit(1, false, 0, 130);
    Buffer.from([0x21, 9, 0, 2, 0, 0, 130, 0]).copy(message, 40);
    expect(session.receive(Buffer.concat([message, Buffer.alloc(130)]))).toHaveLength(0);
    expect(device.pulled).toBe(true);
  });
});
