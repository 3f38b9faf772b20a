import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSelfSigned } from '../../../../core/tls/self-signed.ts';

const OPTIONS = {
  commonName: 'Kiln on böxchen',
  names: ['localhost', 'kiln.local', '127.0.0.1', '192.0.2.200'],
  notBefore: new Date('2026-11-01T00:00:00Z'),
  notAfter: new Date('2028-12-31T23:59:59Z'),
};

describe('a self-signed certificate', () => {
  it('says what it was asked to say, and is signed by its own key', () => {
    const { cert, key } = createSelfSigned(OPTIONS);
    const x509 = new X509Certificate(cert);
    expect(x509.subject).toBe('CN=Kiln on böxchen');
    expect(x509.issuer).toBe(x509.subject);
    expect(x509.validFromDate).toEqual(OPTIONS.notBefore);
    expect(x509.validToDate).toEqual(OPTIONS.notAfter);
    expect(x509.ca).toBe(false);
    expect(x509.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(x509.verify(x509.publicKey)).toBe(true);
    expect(x509.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(x509.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  it('is for the names and addresses of the list, and no others', () => {
    const x509 = new X509Certificate(createSelfSigned(OPTIONS).cert);
    for (const name of ['localhost', 'kiln.local']) expect(x509.checkHost(name)).toBe(name);
    for (const name of ['other.local', 'x.localhost', 'Kiln on böxchen']) {
      expect(x509.checkHost(name)).toBeUndefined();
    }
    for (const address of ['127.0.0.1', '192.0.2.200', '::1']) {
      expect(x509.checkIP(address)).toBe(address);
    }
    expect(x509.checkIP('192.0.2.201')).toBeUndefined();
  });

  it('can have many names, and end after 2049', () => {
    const names = Array.from({ length: 120 }, (_, index) => `host-${index}.a-long-domain.example`);
    const notAfter = new Date('2051-02-03T04:05:06Z');
    const x509 = new X509Certificate(createSelfSigned({ ...OPTIONS, names, notAfter }).cert);
    expect(x509.validToDate).toEqual(notAfter);
    expect(x509.checkHost('host-119.a-long-domain.example')).toBeDefined();
  });

  it('is another each time, whatever bit its number begins with', () => {
    const numbers = Array.from({ length: 40 }, () => {
      const { cert } = createSelfSigned(OPTIONS);
      return new X509Certificate(cert).serialNumber;
    });
    expect(new Set(numbers).size).toBe(40);
    expect(numbers.some((number) => /^[89A-F]/.test(number) && number.length === 32)).toBe(true);
  });

  it.each([
    ['00017f', '017F'],
    ['000080', '80'],
    ['ff01', 'FF01'],
    ['0000', '0'],
  ])('can be read whatever its number %s begins with', (bytes, read) => {
    const { cert } = createSelfSigned({ ...OPTIONS, serialNumber: Buffer.from(bytes, 'hex') });
    expect(new X509Certificate(cert).serialNumber).toBe(read);
  });
});
