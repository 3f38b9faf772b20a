/** What a backup says of itself. */
import { z } from 'zod';

export const MANIFEST = 'manifest.json';
export const DATABASE = 'kiln.sqlite';
export const ARTIFACTS = 'firmwares';
/** Small files of the data folder that are kept as they are. */
export const SMALL_FILES = ['settings.json', 'configurator.json'] as const;

/** Only these come out of a backup: no path of a manifest leads anywhere else. */
const BACKUP_PATH =
  /^(?:kiln\.sqlite|settings\.json|configurator\.json|firmwares\/[0-9a-f]{32}\/[A-Za-z0-9_-](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9_-])?)$/;

const fileSchema = z.object({
  path: z.string().regex(BACKUP_PATH, 'is no file of a backup'),
  size: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const manifestSchema = z.object({
  /** Of this form of backups. */
  format: z.literal(1),
  /** Release that made it. */
  kiln: z.string(),
  createdAt: z.int().describe('Milliseconds since the epoch'),
  /** Version of the database's schema. */
  schema: z.int().positive(),
  artifacts: z.enum(['all', 'none']),
  jobs: z.int().nonnegative(),
  /** For people; what counts is in the database. */
  trees: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      origin: z.string().nullable(),
      ref: z.string().nullable(),
      commit: z.string().nullable(),
    }),
  ),
  files: z.array(fileSchema),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type BackupFile = z.infer<typeof fileSchema>;
