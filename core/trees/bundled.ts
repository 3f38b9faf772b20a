/**
 * The firmware tree that a package of Kiln brings along. `kiln-tree.json` says what it is, `stamps.json` what identifies
 * each of its files, `catalogue.sqlite` holds its keyboards, read when it was packaged; the tree itself is in `firmware`.
 * Written by scripts/bundle-tree.mjs; nothing in it changes until another package takes its place.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { besideService } from '../beside.ts';
import { KilnError } from '../errors.ts';
import type { FirmwareTree } from './contract.ts';

const SHIPPED = besideService('tree');

export const BUNDLED_INDEX = 'kiln-tree.json';
const STAMPS = 'stamps.json';

export const bundledTreeSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  /** Git address that it was taken from; null for a folder, whose path tells nobody anything. */
  origin: z.string().nullable(),
  ref: z.string().nullable(),
  version: z.strictObject({
    commit: z.string().nullable(),
    describe: z.string(),
    committedAt: z.number().nullable(),
    dirty: z.boolean(),
  }),
  /** Of all stamps: changes with any file. */
  digest: z.string(),
});
export type BundledTree = z.infer<typeof bundledTreeSchema>;

const stampsSchema = z.record(z.string(), z.string());

function read<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new KilnError('tree.broken', `${file} cannot be read.`, {
      cause: error,
      remedy: 'Install Kiln again: the firmware tree that came with it is damaged.',
    });
  }
}

/**
 * @param folder for tests; beside the service by default.
 * @returns null where no tree came along.
 * @throws KilnError `tree.broken`
 */
export function findBundledTree(folder: string | null = SHIPPED): FirmwareTree | null {
  if (folder === null || !existsSync(join(folder, BUNDLED_INDEX))) return null;
  const { name, origin, ref, version } = read(join(folder, BUNDLED_INDEX), bundledTreeSchema);
  return {
    name,
    kind: 'bundled',
    origin,
    ref,
    path: join(folder, 'firmware'),
    commit: version.commit,
    previousCommit: null,
    toolchain: null,
    isDefault: false,
    addedAt: 0,
  };
}

/** What came with a tree of the kind `bundled`. @throws KilnError `tree.broken` */
export function bundledFacts({ path }: Pick<FirmwareTree, 'path'>): BundledTree {
  return read(join(dirname(path), BUNDLED_INDEX), bundledTreeSchema);
}

/** By path from the tree's top: what changes with a file's content, of each file that the catalogue depends on. */
export function bundledStamps(path: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(read(join(dirname(path), STAMPS), stampsSchema)));
}

/** The catalogue that came along, in a file that is only to be read; null when there is none. */
export function bundledCatalogue({ path }: Pick<FirmwareTree, 'path'>): string | null {
  const file = join(dirname(path), 'catalogue.sqlite');
  return existsSync(file) ? file : null;
}
