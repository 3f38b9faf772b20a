import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSessionToken } from '../../../../core/access/session-token.ts';

async function createToken() {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-token-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'token');
  const token = await createSessionToken(file);
  return { folder, file, token, read: () => readFileSync(file, 'utf8').trim() };
}

describe('the session token', () => {
  it('is what its file says, and nothing else', async () => {
    const { token, read } = await createToken();
    const text = read();
    expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(token.matches(text)).toBe(true);
    for (const other of ['', `${text} `, text.slice(1), text.toLowerCase(), `${text}${text}`]) {
      expect(token.matches(other)).toBe(false);
    }
  });

  it.skipIf(process.platform === 'win32')('can be read by its owner alone', async () => {
    const { token, file } = await createToken();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await token.rotate();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is refused from the moment that another took its place', async () => {
    const { token, read } = await createToken();
    const first = read();
    const second = await token.rotate();
    expect(read()).toBe(second);
    expect(token.matches(second)).toBe(true);
    expect(token.matches(first)).toBe(false);
  });

  it('is the one in the file, however many change it at once', async () => {
    const { token, read } = await createToken();
    const rotated = await Promise.all(Array.from({ length: 5 }, () => token.rotate()));
    expect(new Set(rotated).size).toBe(5);
    expect(rotated.filter((text) => token.matches(text))).toEqual([read()]);
  });

  it('stays as it was when the new one cannot be written, and can change later', async () => {
    const { token, folder, read } = await createToken();
    const text = read();
    rmSync(folder, { recursive: true });
    await expect(token.rotate()).rejects.toThrow();
    expect(token.matches(text)).toBe(true);
  });

  it('is another at each start', async () => {
    const { file, read } = await createToken();
    const first = read();
    const next = await createSessionToken(file);
    expect(next.matches(first)).toBe(false);
    expect(next.matches(read())).toBe(true);
  });
});
