import { describe, expect, test } from 'vitest';
import {
  DEFAULT_POLICY,
  isAllowedRequest,
  withPolicy,
} from '../../../../electron/security/page-policy.ts';

test('a page without a policy gets the strict one', () => {
  expect(withPolicy({ 'content-type': ['text/html'] })).toEqual({
    'content-type': ['text/html'],
    'Content-Security-Policy': [DEFAULT_POLICY],
  });
  expect(DEFAULT_POLICY).toContain("default-src 'none'");
  expect(DEFAULT_POLICY).not.toContain('unsafe-eval');
  expect(DEFAULT_POLICY).not.toMatch(/script-src[^;]*unsafe-inline/);
});

test('a page’s own policy stays as it is, however its header is written', () => {
  const own = { 'content-SECURITY-policy': ["default-src 'self'"] };
  expect(withPolicy(own)).toEqual(own);
});

describe('requests of windows', () => {
  const origins = ['http://localhost:5001/app/'];
  test.each([
    ['http://localhost:5001/v1', true],
    ['data:text/html,x', true],
    ['blob:http://localhost:5001/1-2-3', true],
    ['devtools://devtools/bundled/inspector.html', true],
    ['ws://localhost:5001/', false],
    ['http://localhost:5002/v1', false],
    ['https://fonts.example/font.woff2', false],
    ['https://kiln.invalid/retry', false],
    ['file:///etc/passwd', false],
    ['chrome-extension://abc/x.js', false],
  ])('%s: %s', (url, expected) => {
    expect(isAllowedRequest(url, origins)).toBe(expected);
  });

  test('nothing but what pages make themselves, while there is no service', () => {
    expect(isAllowedRequest('http://localhost:5001/v1', [])).toBe(false);
  });
});
