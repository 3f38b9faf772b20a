/**
 * `resources/toolchain/manifest.json`: what a bundled toolchain is put together from, on each platform. Names, licences
 * and what is kept are written by hand; versions, digests and sources by `kiln toolchain stage --update`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KilnError } from '../errors.ts';

export const MANIFEST_FILE = join(import.meta.dirname, '../../resources/toolchain/manifest.json');

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A path below the toolchain's folder, or a pattern of such: nothing that leads out of it. */
const inside = z
  .string()
  .regex(/^[^/\\][^\\]*$/)
  .refine((path) => !path.split('/').includes('..'), 'leads out of the toolchain');

const name = z.string().regex(/^[A-Za-z0-9][\w.+-]*$/);

/** Where the source lies that the licence obliges to offer: a source package of Debian, by name and version. */
const sourceSchema = z.strictObject({ name, version: z.string() });

const debianPackageSchema = z.strictObject({
  name,
  /** Null until the staging command has looked it up. */
  version: z.string().nullable(),
  /** Digest of the package, by Debian's name of the architecture; `all` for those that fit each. */
  sha256: z.record(z.string().regex(/^[a-z0-9]+$/), sha256),
  licence: z.string().min(3),
  source: sourceSchema.nullable(),
  /** Patterns of what is taken of it, in the merged layout (`usr/bin`, `usr/lib`). */
  keep: z.array(inside).min(1),
  /** Patterns of what is left out again. */
  drop: z.array(inside).optional(),
  /** Prefix of the tools that take debugging information out of its libraries. */
  strip: z.string().optional(),
});
export type DebianPackage = z.infer<typeof debianPackageSchema>;

const pythonPackageSchema = z.strictObject({
  name,
  version: z.string(),
  /** Digest of the file that was fetched, by Debian's name of the architecture; `all` for those that fit each. */
  sha256: z.record(z.string().regex(/^[a-z0-9]+$/), sha256),
  licence: z.string().min(3),
});
export type PythonPackage = z.infer<typeof pythonPackageSchema>;

/** A bundle that its publisher offers whole, for systems that have no packages to take. */
const archiveSchema = z.strictObject({
  publisher: z.string(),
  name,
  /** Pattern of the file's name, since it carries the version. */
  file: z.string(),
  version: z.string().nullable(),
  sha256: sha256.nullable(),
  licence: z.string().min(3),
  /** Where the publisher offers the source, in words. */
  source: z.string(),
  /** Folders at the beginning of its paths that are taken off. */
  strip: z.int().min(0).max(3),
  /** Where it is unpacked to. */
  into: inside,
});
export type ArchivePackage = z.infer<typeof archiveSchema>;

const componentSchema = z.strictObject({
  title: z.string(),
  /** What is lost without it, in a sentence. */
  purpose: z.string(),
  /** False for those that are staged only when asked for. */
  usual: z.boolean(),
  debian: z.array(debianPackageSchema),
  pypi: z.array(pythonPackageSchema),
  /** Links to make: path to target. */
  links: z.record(inside, z.string()).optional(),
});
export type Component = z.infer<typeof componentSchema>;

const debianPlatformSchema = z.strictObject({
  kind: z.literal('debian'),
  /** Whether this platform's toolchain was ever staged and run. */
  proven: z.boolean(),
  release: z.string(),
  architecture: z.string(),
  /** Debian's name of the folder with that architecture's libraries. */
  multiarch: z.string(),
});

const archivePlatformSchema = z.strictObject({
  kind: z.literal('archives'),
  proven: z.boolean(),
  archives: z.array(archiveSchema).min(1),
});
export type DebianPlatform = z.infer<typeof debianPlatformSchema>;

export const manifestSchema = z.strictObject({
  format: z.literal(1),
  platforms: z.record(
    z.string().regex(/^(?:linux|win32|darwin)-(?:x64|arm64)$/),
    z.discriminatedUnion('kind', [debianPlatformSchema, archivePlatformSchema]),
  ),
  components: z.record(z.string().regex(/^[a-z]+$/), componentSchema),
  /** Programs that the staging itself runs, and that are no part of what it makes. */
  staging: z.array(debianPackageSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** @throws KilnError `toolchain.manifest-invalid` naming what is wrong. */
export function parseManifest(text: string, file: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new KilnError('toolchain.manifest-invalid', `${file} is not JSON.`, { cause: error });
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`,
  );
  throw new KilnError('toolchain.manifest-invalid', `${file} is wrong: ${problems.join('; ')}.`);
}

/** @throws KilnError `toolchain.manifest-invalid` */
export async function readManifest(file: string = MANIFEST_FILE): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new KilnError('toolchain.manifest-invalid', `${file} cannot be read.`, { cause: error });
  }
  return parseManifest(text, file);
}

/**
 * The components to stage, in the manifest's order.
 * @param wanted names; those that are usual when absent.
 * @throws KilnError `toolchain.manifest-invalid` for a name that the manifest does not have.
 */
export function selectComponents(
  { components }: Manifest,
  wanted?: readonly string[],
): [string, Component][] {
  const unknown = wanted?.find((one) => !Object.hasOwn(components, one));
  if (unknown !== undefined) {
    throw new KilnError(
      'toolchain.manifest-invalid',
      `There is no component ${unknown}; there are ${Object.keys(components).join(', ')}.`,
    );
  }
  return Object.entries(components).filter(([one, { usual }]) =>
    wanted === undefined ? usual : wanted.includes(one),
  );
}
