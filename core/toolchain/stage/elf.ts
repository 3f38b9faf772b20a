/** Reads what a program of Linux says it is linked with: the dynamic section of 64-bit ELF files, as the ELF standard has it. */
import { open, readFile } from 'node:fs/promises';

const MAGIC = 0x7f454c46;
/** `e_type` of programs and of shared libraries; objects for keyboards are others. */
const LOADABLE = new Set([2, 3]);
/** `e_machine` of what runs here. */
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };
const SEGMENT = { load: 1, dynamic: 2 };
const TAG = { needed: 1, stringTable: 5, runPathOld: 15, runPath: 29 };

export interface Linkage {
  /** Names of the libraries that it is linked with. */
  readonly needed: readonly string[];
  /** Where it looks for them first; empty when it names no place. */
  readonly runPath: string;
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Whether a file is a program or library for this machine's processor. */
export async function isLoadable(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(20), 0, 20, 0);
    return (
      bytesRead === 20 &&
      buffer.readUInt32BE(0) === MAGIC &&
      LOADABLE.has(buffer.readUInt16LE(16)) &&
      buffer.readUInt16LE(18) === MACHINES[process.arch]
    );
  } finally {
    await handle.close();
  }
}

function segmentsOf(content: Buffer): Segment[] {
  const start = Number(content.readBigUInt64LE(0x20));
  const size = content.readUInt16LE(0x36);
  return Array.from({ length: content.readUInt16LE(0x38) }, (_, index) => {
    const at = start + index * size;
    return {
      type: content.readUInt32LE(at),
      offset: Number(content.readBigUInt64LE(at + 8)),
      address: Number(content.readBigUInt64LE(at + 16)),
      size: Number(content.readBigUInt64LE(at + 32)),
    };
  });
}

/** @param file one that `isLoadable`. @throws RangeError for a file that is cut short. */
export async function readLinkage(file: string): Promise<Linkage> {
  const content = await readFile(file);
  const segments = segmentsOf(content);
  const dynamic = segments.find(({ type }) => type === SEGMENT.dynamic);
  if (dynamic === undefined) return { needed: [], runPath: '' };
  const entries: [number, number][] = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const tag = Number(content.readBigInt64LE(at));
    if (tag === 0) break;
    entries.push([tag, Number(content.readBigUInt64LE(at + 8))]);
  }
  const valuesOf = (wanted: number) =>
    entries.flatMap(([tag, value]) => (tag === wanted ? [value] : []));
  const address = valuesOf(TAG.stringTable)[0] ?? 0;
  const holder = segments.find(
    (one) =>
      one.type === SEGMENT.load && address >= one.address && address < one.address + one.size,
  );
  const table = address - (holder?.address ?? 0) + (holder?.offset ?? 0);
  const text = (index: number): string => {
    const from = table + index;
    return content.toString('latin1', from, content.indexOf(0, from));
  };
  const [runPath] = [...valuesOf(TAG.runPath), ...valuesOf(TAG.runPathOld)];
  return {
    needed: valuesOf(TAG.needed).map(text),
    runPath: runPath === undefined ? '' : text(runPath),
  };
}
