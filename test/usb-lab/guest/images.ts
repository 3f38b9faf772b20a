/** Images for the emulated chips, whose bytes are not all the same. */
import { crc32 } from 'node:zlib';
import { type FirmwareImage, readFirmwareImage } from '../../../flash/image/firmware-image.ts';
import { hex } from '../../fixtures/images/images.ts';

export interface LabImage {
  readonly image: FirmwareImage;
  /** What the flash has to hold from its start on. */
  readonly data: Buffer;
}

const STM32_ROM = { vid: 0x0483, pid: 0xdf11 };
const RP2040 = 0xe48b_ff56;

function pattern(bytes: number): Buffer {
  const data = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) data[at] = (at * 31 + (at >> 8) * 7 + 1) & 0xff;
  return data;
}

export function avrImage(bytes: number): LabImage {
  const data = pattern(bytes);
  return { data, image: readFirmwareImage('firmware.hex', hex(data)) };
}

/** With a vector table, and with the suffix that QMK stamps on it. @param start where the image is to lie, @param device for which */
export function stm32Image(bytes: number, start = 0x0800_0000, device = STM32_ROM): LabImage {
  const data = pattern(bytes);
  data.writeUInt32LE(0x2000_2000, 0);
  data.writeUInt32LE(start + 0x101, 4);
  return { data, image: readFirmwareImage('firmware.bin', withDfuSuffix(data, device)) };
}

/** DFU 1.1, appendix B. */
function withDfuSuffix(data: Buffer, { vid, pid }: typeof STM32_ROM): Buffer {
  const suffix = Buffer.from('ffff00000000000155464410', 'hex');
  suffix.writeUInt16LE(pid, 2);
  suffix.writeUInt16LE(vid, 4);
  const head = Buffer.concat([data, suffix]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(~crc32(head) >>> 0);
  return Buffer.concat([head, sum]);
}

export function uf2Image(blocks: number, family = RP2040): LabImage {
  const data = pattern(blocks * 256);
  const content = Array.from({ length: blocks }, (_, number) => {
    const block = Buffer.alloc(512);
    const words = [
      0x0a32_4655,
      0x9e5d_5157,
      0x2000,
      0x1000_0000 + number * 256,
      256,
      number,
      blocks,
      family,
    ];
    for (const [index, word] of words.entries()) block.writeUInt32LE(word, index * 4);
    data.copy(block, 32, number * 256, (number + 1) * 256);
    block.writeUInt32LE(0x0ab1_6f30, 508);
    return block;
  });
  return { data, image: readFirmwareImage('firmware.uf2', Buffer.concat(content)) };
}
