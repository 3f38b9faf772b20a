import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  configuratorOrigin,
  externalAddress,
  isAppPage,
  isConfiguratorPage,
  isOnOrigin,
  isServiceAddress,
  jobOfImage,
} from '../../../../electron/security/addresses.ts';

const SERVICE = 'http://localhost:5001';

describe('pages of the app', () => {
  test.each([
    ['http://localhost:5001/app/', true],
    ['http://localhost:5001/app/editor/starter/kiln/pad4x4?x#y', true],
    ['http://localhost:5001/app', false],
    ['http://localhost:5001/configurator/', false],
    ['http://localhost:5001/application/', false],
    ['http://localhost:5001/app/../configurator/', false],
    ['http://localhost:5002/app/', false],
    ['http://localhost:50010/app/', false],
    ['http://localhost/app/', false],
    ['https://localhost:5001/app/', false],
    ['http://localhost.evil.example:5001/app/', false],
    ['http://localhost:5001@evil.example/app/', false],
    ['http://user:word@localhost:5001/app/', false],
    ['http://evil.example/http://localhost:5001/app/', false],
    ['data:text/html,<h1>', false],
    ['file:///app/', false],
    ['javascript:alert(1)', false],
    ['about:blank', false],
    ['', false],
  ])('%s: %s', (address, expected) => {
    expect(isAppPage(address, SERVICE)).toBe(expected);
  });

  test('no address of another host is one, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.domain(), fc.string(), (domain, rest) => {
        expect(isAppPage(`http://${domain}:5001/app/${rest}`, SERVICE)).toBe(false);
      }),
    );
  });
});

test('the Configurator’s pages are not the app’s', () => {
  expect(isConfiguratorPage('http://127.0.0.1:5001/configurator/#/x', SERVICE)).toBe(true);
  expect(isConfiguratorPage(`${SERVICE}/configurator/`, SERVICE)).toBe(false);
  expect(isConfiguratorPage(`${SERVICE}/app/`, SERVICE)).toBe(false);
  expect(isConfiguratorPage('http://127.0.0.1:5002/configurator/', SERVICE)).toBe(false);
});

test.each([
  ['http://localhost:5001', 'http://127.0.0.1:5001'],
  ['http://localhost', 'http://127.0.0.1'],
  ['http://127.0.0.1:5001', 'http://127.0.0.1:5001'],
  ['https://kiln.example', 'https://kiln.example'],
])('the Configurator of %s is at %s', (service, expected) => {
  expect(configuratorOrigin(service)).toBe(expected);
});

test('origins are compared as a whole', () => {
  expect(isOnOrigin('http://localhost:5001/v1', [SERVICE])).toBe(true);
  expect(isOnOrigin('http://localhost:5001/v1', ['http://127.0.0.1:5001', SERVICE])).toBe(true);
  expect(isOnOrigin('http://localhost:5001/v1', [])).toBe(false);
  expect(isOnOrigin(`http://localhost:5001/${'x'.repeat(3000)}`, [SERVICE])).toBe(false);
});

test.each([
  ['http://127.0.0.1:5001', true],
  ['https://kiln.example', true],
  ['http://user@127.0.0.1', false],
  ['file:///etc/passwd', false],
  ['127.0.0.1:5001', false],
  ['', false],
])('%s as the address of a service: %s', (address, expected) => {
  expect(isServiceAddress(address)).toBe(expected);
});

describe('addresses for the browser', () => {
  test.each([
    ['https://docs.qmk.fm/keycodes?x=1#basic', 'https://docs.qmk.fm/keycodes?x=1#basic'],
    ['https://github.com/qmk/qmk_firmware', 'https://github.com/qmk/qmk_firmware'],
    ['HTTPS://DOCS.QMK.FM/', 'https://docs.qmk.fm/'],
    ['http://docs.qmk.fm/', null],
    ['https://docs.qmk.fm:8443/', null],
    ['https://user:word@docs.qmk.fm/', null],
    ['https://docs.qmk.fm.evil.example/', null],
    ['https://evil.example/?https://docs.qmk.fm/', null],
    ['https://xn--dcs-qmk.fm/', null],
    ['file:///usr/bin/xcalc', null],
    ['smb://docs.qmk.fm/share', null],
    ['javascript:alert(1)', null],
    ['mailto:somebody@qmk.fm', null],
    ['docs.qmk.fm', null],
  ])('%s becomes %s', (address, expected) => {
    expect(externalAddress(address)).toBe(expected);
  });

  test('no other scheme than https ever passes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9+.-]{0,9}$/), (scheme) => {
        fc.pre(scheme !== 'https');
        expect(externalAddress(`${scheme}://docs.qmk.fm/`)).toBeNull();
      }),
    );
  });
});

describe('jobOfImage', () => {
  const job = '3f0c1d2e-aaaa-4bbb-8ccc-1234567890ab';
  const SERVICE_URL = 'http://localhost:5001';

  it.each([
    [`http://127.0.0.1:5001/v1/compile/${job}/download`, job],
    [`http://127.0.0.1:5001/p/K7XQ2M9D/v1/compile/${job}/download`, job],
    [`http://127.0.0.1:5001/v1/compile/${job}/source`, null],
    [`http://127.0.0.1:5001/v1/compile/${job}/download/more`, null],
    [`http://127.0.0.1:5001/v1/compile/..%2F..%2Fx/download`, null],
    [`http://127.0.0.1:5002/v1/compile/${job}/download`, null],
    [`http://localhost:5001/v1/compile/${job}/download`, null],
    [`https://example.org/v1/compile/${job}/download`, null],
    ['nothing', null],
  ])('of %s is %s', (address, expected) => {
    expect(jobOfImage(address, SERVICE_URL)).toBe(expected);
  });
});
