/** A FAT16 volume behind a partition table, with one file: what a bootloader's disk shows. Microsoft's FAT specification. */

export const SECTOR = 512;
/** 128 MiB, as the RP2040 says. */
export const VOLUME_SECTORS = 0x4_0000;

const FIRST = 1;
const SECTORS = VOLUME_SECTORS - FIRST;
const CLUSTER = 8;
const FAT_SECTORS = 129;
const ROOT_ENTRIES = 512;
const ROOT = 1 + 2 * FAT_SECTORS;
const DATA = ROOT + (ROOT_ENTRIES * 32) / SECTOR;

/**
 * @param file name in eight and three letters, without a dot
 * @returns the sectors that are not empty, by number
 */
export function blankVolume(label: string, file: string, content: string): Map<number, Buffer> {
  const sectors = new Map<number, Buffer>();
  const put = (number: number, bytes: Buffer): void => {
    const sector = Buffer.alloc(SECTOR);
    bytes.copy(sector);
    sectors.set(number, sector);
  };
  put(0, partitionTable());
  put(FIRST, bootSector(label));
  // Media byte, end mark, and the file's one cluster.
  const table = Buffer.from([0xf8, 0xff, 0xff, 0xff, 0xff, 0xff]);
  put(FIRST + 1, table);
  put(FIRST + 1 + FAT_SECTORS, table);
  put(
    FIRST + ROOT,
    Buffer.concat([entry(label.padEnd(11), 0x08, 0, 0), entry(file, 0x21, 2, content.length)]),
  );
  put(FIRST + DATA, Buffer.from(content));
  return sectors;
}

function partitionTable(): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector[446 + 4] = 0x0e;
  sector.writeUInt32LE(FIRST, 446 + 8);
  sector.writeUInt32LE(SECTORS, 446 + 12);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function bootSector(label: string): Buffer {
  const sector = Buffer.alloc(SECTOR);
  Buffer.from([0xeb, 0x3c, 0x90]).copy(sector);
  sector.write('MSWIN4.1', 3, 'latin1');
  sector.writeUInt16LE(SECTOR, 11);
  sector[13] = CLUSTER;
  sector.writeUInt16LE(1, 14);
  sector[16] = 2;
  sector.writeUInt16LE(ROOT_ENTRIES, 17);
  sector[21] = 0xf8;
  sector.writeUInt16LE(FAT_SECTORS, 22);
  sector.writeUInt16LE(1, 24);
  sector.writeUInt16LE(1, 26);
  sector.writeUInt32LE(FIRST, 28);
  sector.writeUInt32LE(SECTORS, 32);
  sector[36] = 0x80;
  sector[38] = 0x29;
  sector.writeUInt32LE(0x0002_1e8a, 39);
  sector.write(label.padEnd(11), 43, 'latin1');
  sector.write('FAT16   ', 54, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function entry(name: string, attributes: number, cluster: number, size: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.write(name, 0, 'latin1');
  bytes[11] = attributes;
  // 1 January 2020
  bytes.writeUInt16LE((40 << 9) | (1 << 5) | 1, 24);
  bytes.writeUInt16LE(cluster, 26);
  bytes.writeUInt32LE(size, 28);
  return bytes;
}
