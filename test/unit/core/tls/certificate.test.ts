import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadSettings, type SettingsInput } from '../../../../core/settings.ts';
import { loadCertificate } from '../../../../core/tls/certificate.ts';
import { createSelfSigned } from '../../../../core/tls/self-signed.ts';

const DAY_MS = 24 * 3_600_000;

function createFolder() {
  const dataDir = mkdtempSync(join(tmpdir(), 'kiln-tls-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const load = (settings: SettingsInput = {}) =>
    loadCertificate(loadSettings({ dataDir, ...settings }, {}));
  const file = (name: string, content: string) => {
    writeFileSync(join(dataDir, name), content);
    return join(dataDir, name);
  };
  const own = { cert: join(dataDir, 'tls/cert.pem'), key: join(dataDir, 'tls/key.pem') };
  return { dataDir, load, file, own };
}

const lasting = (days: number) =>
  createSelfSigned({
    commonName: 'test',
    names: ['localhost'],
    notBefore: new Date(Date.now() - 900 * DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
  });

describe('Kiln’s own certificate', () => {
  it('is made once for this machine, and kept', async () => {
    const { load, own } = createFolder();
    const made = await load();
    const x509 = new X509Certificate(made.cert);
    expect(made.fingerprint).toBe(x509.fingerprint256);
    expect(x509.checkHost(hostname())).toBeDefined();
    expect(x509.checkHost('localhost')).toBeDefined();
    expect(x509.validToDate.getTime()).toBeLessThan(Date.now() + 825 * DAY_MS);
    expect(await load()).toEqual(made);
    if (process.platform !== 'win32') expect(statSync(own.key).mode & 0o777).toBe(0o600);
  });

  it('is made anew when it ends soon, is damaged, or half of it is missing', async () => {
    const { load, own } = createFolder();
    let before = await load();
    const soon = lasting(29);
    const damages: (() => void)[] = [
      () => {
        writeFileSync(own.cert, soon.cert);
        writeFileSync(own.key, soon.key);
      },
      () => writeFileSync(own.cert, readFileSync(own.cert, 'utf8').slice(0, 100)),
      () => writeFileSync(own.key, lasting(100).key),
      () => rmSync(own.key),
      () => rmSync(own.cert),
    ];
    for (const damage of damages) {
      damage();
      const after = await load();
      expect(after.fingerprint).not.toBe(before.fingerprint);
      expect(await load()).toEqual(after);
      before = after;
    }
  });
});

describe('a certificate that the settings name', () => {
  it('is used as it is', async () => {
    const { load, file, own } = createFolder();
    const pair = lasting(10);
    const settings = { tlsCert: file('c.pem', pair.cert), tlsKey: file('k.pem', pair.key) };
    expect(await load(settings)).toMatchObject(pair);
    expect(() => statSync(own.cert)).toThrow();
  });

  it('is refused by name when it cannot be used', async () => {
    const { load, file, dataDir } = createFolder();
    const good = lasting(10);
    const old = lasting(-1);
    const tlsCert = file('c.pem', good.cert);
    const tlsKey = file('k.pem', good.key);
    const cases: [SettingsInput, string][] = [
      [{ tlsCert }, 'KILN_TLS_KEY'],
      [{ tlsKey }, 'KILN_TLS_CERT'],
      [{ tlsCert: join(dataDir, 'none.pem'), tlsKey }, 'none.pem'],
      [{ tlsCert: file('x.pem', 'no certificate'), tlsKey }, 'KILN_TLS_CERT'],
      [{ tlsCert, tlsKey: file('y.pem', lasting(10).key) }, 'another certificate'],
      [{ tlsCert: file('o.pem', old.cert), tlsKey: file('ok.pem', old.key) }, 'expired'],
    ];
    for (const [settings, words] of cases) {
      await expect(load(settings)).rejects.toMatchObject({
        code: 'settings.invalid',
        message: expect.stringContaining(words),
      });
    }
  });
});
