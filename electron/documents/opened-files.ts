/** Files that a person opens with Kiln: read by the shell, handed to the page as text. */
import { promises } from 'node:fs';
import { basename } from 'node:path';
import type { OpenedFile } from '../../renderer/bridge/bridge.ts';
import { ShellError } from '../errors.ts';

/** Exports of VIA with all macros have some 100 KiB. */
const MOST_BYTES = 2 * 1024 * 1024;

/** @throws ShellError `shell.file-unreadable` */
export async function readKeymapFile(path: string): Promise<OpenedFile> {
  const name = basename(path);
  const refuse = (why: string) =>
    new ShellError('shell.file-unreadable', `${name} cannot be opened: ${why}.`);
  let bytes: Buffer;
  try {
    const stats = await promises.stat(path);
    // A pipe or a device would be read for ever.
    if (!stats.isFile()) throw refuse('it is no file');
    if (stats.size > MOST_BYTES) throw refuse('it is larger than any keymap (2 MiB)');
    bytes = await promises.readFile(path);
  } catch (error) {
    if (error instanceof ShellError) throw error;
    throw refuse(reasonOf(error as NodeJS.ErrnoException));
  }
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text.includes('\ufffd')) throw refuse('it is not text in UTF-8');
  return { name, text };
}

function reasonOf(error: NodeJS.ErrnoException): string {
  const reasons: Record<string, string> = {
    ENOENT: 'it is not there',
    EACCES: 'your account may not read it',
    EPERM: 'your account may not read it',
    ENOTDIR: 'its folder is not there',
  };
  return reasons[error.code ?? ''] ?? error.message;
}
