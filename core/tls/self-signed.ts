/**
 * Makes a self-signed certificate for the service's own machine. Node can sign and read certificates but not write
 * one; the few kinds of DER that this one needs are here (RFC 5280), which spares a dozen packages.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

export interface SelfSignedOptions {
  /** At most 20 bytes, the highest first; 16 random ones by default. */
  readonly serialNumber?: Uint8Array;
  readonly commonName: string;
  /** Host names and IPv4 addresses that it is for; the IPv6 loopback address is always added. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
const octets = (content: Uint8Array) => der(0x04, content);
const bits = (content: Uint8Array, unused = 0) => der(0x03, Buffer.from([unused]), content);
/** Positive, in as few bytes as may be: a leading zero only where the first bit would else make it negative. */
function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Buffer.from([0]) : bytes.subarray(start);
  return der(0x02, Buffer.from((digits[0] ?? 0) >= 0x80 ? [0] : []), digits);
}
const TRUE = der(0x01, Buffer.from([0xff]));

function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const groups = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

/** Two-digit years until 2049, four digits from then on, as the standard demands. */
function time(date: Date): Buffer {
  const text = `${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(text.slice(2)))
    : der(0x18, Buffer.from(text));
}

const extension = (id: string, critical: boolean, value: Uint8Array) =>
  sequence(objectId(id), ...(critical ? [TRUE] : []), octets(value));

function alternativeNames(names: readonly string[]): Buffer {
  const loopback6 = Buffer.alloc(16);
  loopback6[15] = 1;
  return sequence(
    ...names.map((name) =>
      isIPv4(name)
        ? der(0x87, Buffer.from(name.split('.').map(Number)))
        : der(0x82, Buffer.from(name)),
    ),
    der(0x87, loopback6),
  );
}

/** A new P-256 key and a certificate for it, which signs nothing but itself. */
export function createSelfSigned(options: SelfSignedOptions): PemPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const algorithm = sequence(objectId(OID.ecdsaWithSha256));
  const name = sequence(
    der(0x31, sequence(objectId(OID.commonName), der(0x0c, Buffer.from(options.commonName)))),
  );
  const extensions = sequence(
    extension(OID.basicConstraints, true, sequence()),
    // Bit 0: digital signatures.
    extension(OID.keyUsage, true, bits(Buffer.from([0x80]), 7)),
    extension(OID.extendedKeyUsage, false, sequence(objectId(OID.serverAuth))),
    extension(OID.subjectAltName, false, alternativeNames(options.names)),
  );
  const body = sequence(
    // Version 3.
    der(0xa0, integer(Buffer.from([2]))),
    integer(options.serialNumber ?? randomBytes(16)),
    algorithm,
    name,
    sequence(time(options.notBefore), time(options.notAfter)),
    name,
    publicKey,
    der(0xa3, extensions),
  );
  const signature = sign('sha256', body, createPrivateKey(privateKey));
  const certificate = sequence(body, algorithm, bits(signature)).toString('base64');
  const lines = certificate.match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey,
  };
}
