import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseAddressFile,
  parseFailure,
  parseHealth,
} from '../../../../electron/service/service-answers.ts';

test('the address of a service is read with its token file', () => {
  const line = '{"url":"http://localhost:5001/","pid":1,"tokenFile":"/d/token","version":"0.1.0"}';
  expect(parseAddressFile(line)).toEqual({ url: 'http://localhost:5001', tokenFile: '/d/token' });
  expect(parseAddressFile('{"url":"http://localhost:5001"}')?.tokenFile).toBeNull();
});

test.each([
  '',
  'null',
  '{}',
  '{"url":5001}',
  '{"url":"javascript:alert(1)"}',
  '{"url":"file:///etc/passwd"}',
  '{"url":"http://user:word@localhost:5001"}',
  '{"url":"http://localhost:5001"',
])('%s is no address of a service', (text) => {
  expect(parseAddressFile(text)).toBeNull();
});

test('what kept it from starting is read with its remedy', () => {
  const report = { code: 'service.port-in-use', message: 'Taken.', remedy: 'Another one.' };
  expect(parseFailure(JSON.stringify({ error: report }))).toEqual({ ...report, portInUse: true });
  const other = { code: 'settings.invalid', message: 'Wrong.' };
  expect(parseFailure(JSON.stringify({ error: other }))).toEqual({
    ...other,
    remedy: '',
    portInUse: false,
  });
  expect(parseFailure('{"url":"http://localhost:5001"}')).toBeNull();
});

test('only what a Kiln says is health', () => {
  const health = {
    status: 'running',
    workers: { alive: 1, total: 1 },
    queue: { queued: 2, running: 1 },
  };
  expect(parseHealth(JSON.stringify(health))).toEqual({ queued: 2, running: 1 });
  expect(parseHealth('{"status":"ok"}')).toBeNull();
  expect(parseHealth('<html>')).toBeNull();
  expect(parseHealth('{"workers":{},"queue":{"queued":"2"}}')).toBeNull();
});

test('no text at all makes reading it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseAddressFile(text);
      parseFailure(text);
      parseHealth(text);
    }),
  );
});
