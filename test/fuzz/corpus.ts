/** Inputs that are kept: what once failed, and what has to be tried each time. One JSON file each. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'corpus');

export interface CorpusEntry {
  readonly name: string;
  /** What it is an example of. */
  readonly why: string;
  readonly input: unknown;
}

/** Bytes become `{"$latin1": "…"}`, which shows what is text in them. */
function pack(_name: string, value: unknown): unknown {
  // Buffers come as what their toJSON makes of them.
  const bytes =
    value instanceof Uint8Array
      ? value
      : typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer'
        ? (value as unknown as { data: number[] }).data
        : null;
  return bytes === null ? value : { $latin1: Buffer.from(bytes).toString('latin1') };
}

function unpack(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$latin1' in value)) return value;
  return Uint8Array.from(Buffer.from(String(value.$latin1), 'latin1'));
}

export function readCorpus(target: string): CorpusEntry[] {
  const folder = join(FOLDER, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const { why, input } = JSON.parse(readFileSync(join(folder, name), 'utf8'), unpack);
      return { name, why, input };
    });
}

/** @returns the new file. */
export function addToCorpus(target: string, why: string, input: unknown): string {
  const text = `${JSON.stringify({ why, input }, pack, 2)}\n`;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const file = join(FOLDER, target, `${digest}.json`);
  mkdirSync(join(FOLDER, target), { recursive: true });
  writeFileSync(file, text);
  return file;
}
