/** `INFO_UF2.TXT`: how a UF2 volume shows that it is one (github.com/microsoft/uf2). */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Volume } from './model.ts';

const LONGEST = 4096;

/** @returns null for text without a board’s name. */
export function parseUf2Info(text: string): NonNullable<Volume['uf2']> | null {
  const field = (name: string) =>
    new RegExp(`^${name}: *([\\x20-\\x7e]{1,100})`, 'mi').exec(text)?.[1]?.trim();
  const boardId = field('Board-ID');
  const model = field('Model');
  if (boardId === undefined && model === undefined) return null;
  return { model: model ?? boardId ?? '', boardId: boardId ?? model ?? '' };
}

/** @param mount a folder. @returns null when it has no such file, or one that cannot be read. */
export async function readUf2Info(mount: string): Promise<Volume['uf2']> {
  try {
    const file = await open(join(mount, 'INFO_UF2.TXT'), 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST), 0, LONGEST, 0);
      return parseUf2Info(buffer.toString('latin1', 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
