/** What a feed of updates says, once its signature is known to be right. Pure. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { KilnError } from '../errors.ts';

/** The signature is over the very text, so that nothing depends on how JSON is written. */
const signedSchema = z.object({ manifest: z.string(), signature: z.base64() });

/** No folder, no hidden file. */
const fileName = z.string().regex(/^[\w][\w.+-]{0,120}$/);

const manifestSchema = z.object({
  format: z.literal(1),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** What changed, in plain text. */
  notes: z.string().max(20_000),
  files: z.array(
    z.object({
      /** `linux-x64` and the like. */
      platform: z.string(),
      /** Beside the feed. */
      name: fileName,
      size: z.int().positive(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});
export type UpdateManifest = z.infer<typeof manifestSchema>;
export type UpdateFile = UpdateManifest['files'][number];

function untrusted(message: string, cause?: unknown): KilnError {
  return new KilnError('update.untrusted', message, { cause });
}

/** @param text Base64 of the key's DER (SubjectPublicKeyInfo). @throws KilnError `update.untrusted` */
export function readUpdateKey(text: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    throw untrusted('KILN_UPDATE_KEY is no key.', error);
  }
  throw untrusted('KILN_UPDATE_KEY is a key of another kind than Ed25519.');
}

/** @throws KilnError `update.untrusted` for what the key did not sign, or cannot be understood. */
export function readFeed(text: string, key: KeyObject): UpdateManifest {
  let signed: z.infer<typeof signedSchema>;
  try {
    signed = signedSchema.parse(JSON.parse(text));
  } catch (error) {
    throw untrusted('The feed of updates cannot be understood.', error);
  }
  const { manifest, signature } = signed;
  if (!verify(null, Buffer.from(manifest), key, Buffer.from(signature, 'base64'))) {
    throw untrusted('The feed of updates was not signed by the key that this Kiln trusts.');
  }
  try {
    return manifestSchema.parse(JSON.parse(manifest));
  } catch (error) {
    throw untrusted(
      'The feed of updates is signed, and says what this Kiln does not understand.',
      error,
    );
  }
}

/** Whether one version comes after another; both as `1.2.3`. */
export function isNewer(version: string, than: string): boolean {
  const parts = (text: string) => text.split(/[.-]/).slice(0, 3).map(Number);
  const [a, b] = [parts(version), parts(than)];
  for (const [at, part] of a.entries()) {
    const other = b[at] ?? 0;
    if (part !== other) return part > other;
  }
  return false;
}

/** The file for this machine: a package for Debian where that is wanted, else the first other one. */
export function fileFor(
  { files }: UpdateManifest,
  platform: string,
  wantsDeb: boolean,
): UpdateFile | null {
  const fitting = files.filter((file) => file.platform === platform);
  const isDeb = ({ name }: UpdateFile) => name.endsWith('.deb');
  return fitting.find((file) => isDeb(file) === wantsDeb) ?? fitting[0] ?? null;
}
