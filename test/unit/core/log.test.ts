import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../../core/log.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-log-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function lines(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

it('Each line is a JSON object with level, time, name and process, in a folder that is made', () => {
  const destination = join(folder, 'logs', 'service.log');
  const log = createLogger({ level: 'info', name: 'service', destination });
  log.child({ jobId: 'abc' }).info({ port: 1 }, 'service ready');
  log.info('again');
  const [first, second] = lines(destination);
  expect(first).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    name: 'service',
    pid: process.pid,
    jobId: 'abc',
    port: 1,
    msg: 'service ready',
  });
  expect(second).toMatchObject({ name: 'service', msg: 'again' });
});

it('Lines below the level are not written', () => {
  const destination = join(folder, 'a.log');
  createLogger({ level: 'warn', name: 'cli', destination }).info('quiet');
  expect(readFileSync(destination, 'utf8')).toBe('');
});

it('A token and an authorization header are never written', () => {
  const destination = join(folder, 'a.log');
  const log = createLogger({ level: 'info', name: 'service', destination });
  const headers = { authorization: 'Bearer geheim', accept: '*/*' };
  log.info({ token: 'geheim', headers, req: { headers } }, 'asked');
  const text = readFileSync(destination, 'utf8');
  expect(text).not.toContain('geheim');
  expect(text).toContain('*/*');
});

it.skipIf(!existsSync('/dev/full'))('A full disk loses lines, not the program', () => {
  const log = createLogger({ level: 'info', name: 'service', destination: '/dev/full' });
  for (let line = 0; line < 100; line += 1) expect(() => log.info('x')).not.toThrow();
});
