/** One process at a time on a data folder. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { z } from 'zod';
import { errnoOf, KilnError } from '../errors.ts';
import { toDatabaseError } from './sqlite-errors.ts';

export interface ProcessLock {
  release(): void;
}

const holderSchema = z.object({ pid: z.int(), command: z.string(), since: z.int() });

/** Words only; what counts is the lock. */
function holderFile(file: string): string {
  return `${file}.holder`;
}

/** `process 4711, kiln serve, since 2026-01-31 10:22 UTC`; null when the holder could not write it down. */
function readHolder(file: string): { pid: number; words: string } | null {
  try {
    const { pid, command, since } = holderSchema.parse(
      JSON.parse(readFileSync(holderFile(file), 'utf8')),
    );
    const time = new Date(since).toISOString().slice(0, 16).replace('T', ' ');
    return { pid, words: `process ${pid}, ${command}, since ${time} UTC` };
  } catch {
    return null;
  }
}

function writeHolder(file: string, command: string): void {
  try {
    const holder = { pid: process.pid, command, since: Date.now() };
    writeFileSync(holderFile(file), JSON.stringify(holder), { mode: 0o600 });
  } catch {
    // On a full disk the lock holds as well; the next one is told less.
  }
}

/**
 * Takes the lock by an open exclusive transaction on an empty SQLite file. The system lets go of it when the process
 * ends, however it ends, on every platform; a lock file with a process number in it would outlive a `kill -9`.
 * @param command what the holder does, for the message that another process gets.
 * @throws KilnError `service.data-in-use` when another process holds it, naming that one.
 */
export function takeProcessLock(file: string, dataFolder: string, command: string): ProcessLock {
  let database: Database | undefined;
  try {
    database = new BetterSqlite3(file, { timeout: 0 });
    // In memory: the transaction never writes, and a journal would be one more file to lose.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (errnoOf(error)?.startsWith('SQLITE_BUSY')) {
      const holder = readHolder(file);
      const who = holder === null ? '' : ` (${holder.words})`;
      throw new KilnError(
        'service.data-in-use',
        `Another Kiln${who} is working in ${dataFolder}.`,
        { cause: error, details: { dataFolder, ...(holder === null ? {} : { pid: holder.pid }) } },
      );
    }
    throw toDatabaseError(error, file);
  }
  const held = database;
  writeHolder(file, command);
  return {
    release() {
      rmSync(holderFile(file), { force: true });
      held.close();
    },
  };
}
