/** What SQLite's result codes mean to a person. */
import { type ErrorCode, errnoOf, KilnError, toKilnError } from '../errors.ts';

interface Meaning {
  /** Matches better-sqlite3's `code`: the name of an extended result code. */
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy?: string;
}

/** The first match counts, so exact codes come before their families. */
const MEANINGS: readonly Meaning[] = [
  // SQLITE_IOERR_SHMSIZE: the shared index beside the database could not grow.
  {
    pattern: /^SQLITE_(FULL|IOERR_SHMSIZE)$/,
    code: 'storage.full',
    message: 'The disk of the database is full',
  },
  {
    pattern: /^SQLITE_(NOTADB|FORMAT|CORRUPT(_\w+)?|IOERR_(CORRUPTFS|DATA|SHORT_READ))$/,
    code: 'database.broken',
    message: 'The database is damaged, or is not a database',
  },
  {
    pattern: /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)(_\w+)?$/,
    code: 'storage.unwritable',
    message: 'The database cannot be opened for writing',
  },
  {
    pattern: /^SQLITE_(BUSY|LOCKED|PROTOCOL)(_\w+)?$/,
    code: 'storage.unwritable',
    message: 'Another program keeps the database locked',
    remedy: 'Close the program that has the database open, then try again.',
  },
  {
    pattern: /^SQLITE_IOERR(_\w+)?$/,
    code: 'storage.unwritable',
    message: 'The disk of the database reports an error',
    remedy: 'Check the disk and its file system, or move Kiln’s data with KILN_DATA_DIR.',
  },
];

/**
 * Turns whatever a database call threw into a `KilnError`.
 * @param file the database, to name it in the message where that is known.
 */
export function toDatabaseError(error: unknown, file?: string): KilnError {
  if (error instanceof KilnError) return error;
  const errno = errnoOf(error) ?? '';
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(errno));
  if (meaning === undefined) return toKilnError(error);
  const text = error instanceof Error ? error.message : String(error);
  const where = file === undefined ? '' : ` (${file})`;
  return new KilnError(meaning.code, `${meaning.message}${where}: ${text}.`, {
    cause: error,
    details: { sqlite: errno },
    ...(meaning.remedy === undefined ? {} : { remedy: meaning.remedy }),
  });
}
