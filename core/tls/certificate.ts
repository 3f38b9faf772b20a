/** The certificate that other machines see with `KILN_LAN=tls`: the one that the settings name, or Kiln's own. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { errnoOf, KilnError } from '../errors.ts';
import { dataPaths, type Settings } from '../settings.ts';
import { writeAtomically } from '../storage/atomic-write.ts';
import { createSelfSigned, type PemPair } from './self-signed.ts';

export interface Certificate extends PemPair {
  /** SHA-256, in pairs of hexadecimal digits with colons: what a browser shows of a certificate. */
  readonly fingerprint: string;
}

const DAY_MS = 24 * 3_600_000;
/** The longest that phones accept of a certificate that a person trusts by hand. */
const LIFE_DAYS = 820;
/** Made anew in time, so that no browser meets an expired one. */
const RENEW_DAYS = 30;

/** Certificate and key that fit each other. @throws TypeError or Error of node:crypto for what is none */
function read({ cert, key }: PemPair): { readonly x509: X509Certificate; readonly fits: boolean } {
  const x509 = new X509Certificate(cert);
  return { x509, fits: x509.checkPrivateKey(createPrivateKey(key)) };
}

/** Addresses by which other machines on the network find this one: IPv4 first, no link-local ones. */
export function lanAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const reachable = all.filter(({ internal, address }) => !internal && !/^fe80:/i.test(address));
  return reachable.sort((a, b) => a.family.localeCompare(b.family)).map(({ address }) => address);
}

/** @throws KilnError `settings.invalid` for files that are no certificate and its key, `storage.*` */
export async function loadCertificate(settings: Settings): Promise<Certificate> {
  const { tlsCert, tlsKey } = settings;
  if (tlsCert === undefined && tlsKey === undefined) return ownCertificate(dataPaths(settings).tls);
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new KilnError('settings.invalid', 'KILN_TLS_CERT and KILN_TLS_KEY belong together.');
  }
  const pair = {
    cert: await readSetting('KILN_TLS_CERT', tlsCert),
    key: await readSetting('KILN_TLS_KEY', tlsKey),
  };
  try {
    const { x509, fits } = read(pair);
    if (!fits) throw new Error('the key is another certificate’s');
    if (x509.validToDate.getTime() < Date.now()) throw new Error(`it expired on ${x509.validTo}`);
    return { ...pair, fingerprint: x509.fingerprint256 };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KilnError(
      'settings.invalid',
      `KILN_TLS_CERT and KILN_TLS_KEY are no certificate that can be used: ${reason}.`,
      { cause: error },
    );
  }
}

async function readSetting(name: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new KilnError('settings.invalid', `${name} names ${file}, which cannot be read.`, {
      cause,
    });
  });
}

/** Kept, so that whoever looked at its fingerprint once knows it again. */
async function ownCertificate(folder: string): Promise<Certificate> {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const kept = await keptPair(files);
  if (kept !== null) return kept;
  const now = Date.now();
  const machine = hostname();
  const made = createSelfSigned({
    commonName: `Kiln on ${machine}`.slice(0, 64),
    names: [
      'localhost',
      machine,
      `${machine}.local`,
      '127.0.0.1',
      ...lanAddresses().filter((a) => !a.includes(':')),
    ],
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + LIFE_DAYS * DAY_MS),
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeAtomically(folder, 'key.pem', made.key, 0o600);
  await writeAtomically(folder, 'cert.pem', made.cert);
  return { ...made, fingerprint: new X509Certificate(made.cert).fingerprint256 };
}

/** Null when there is none, a crash left half of it, or it ends soon. */
async function keptPair(files: Record<'cert' | 'key', string>): Promise<Certificate | null> {
  let pair: PemPair;
  try {
    pair = { cert: await readFile(files.cert, 'utf8'), key: await readFile(files.key, 'utf8') };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const { x509, fits } = read(pair);
    const ends = x509.validToDate.getTime() - RENEW_DAYS * DAY_MS;
    return fits && ends > Date.now() ? { ...pair, fingerprint: x509.fingerprint256 } : null;
  } catch {
    return null;
  }
}
