import { delimiter } from 'node:path';
import { expect, it } from 'vitest';
import { networkEnvironment, plainEnvironment, systemPath } from '../../../core/environment.ts';

/** What changes builds, loads code, or is nobody's business. */
const HARMFUL = {
  MAKEFLAGS: '-i',
  GNUMAKEFLAGS: '-i',
  MAKEFILES: '/tmp/evil.mk',
  CC: 'evil',
  CFLAGS: '-DX',
  CPATH: '/tmp',
  C_INCLUDE_PATH: '/tmp',
  LD_PRELOAD: '/tmp/evil.so',
  LD_LIBRARY_PATH: '/tmp',
  PYTHONPATH: '/tmp',
  PYTHONHOME: '/tmp',
  NODE_OPTIONS: '--require /tmp/evil.js',
  QMK_HOME: '/tmp',
  GIT_DIR: '/tmp',
  AWS_SECRET_ACCESS_KEY: 'secret',
  LANG: 'de_DE.UTF-8',
  LC_ALL: 'de_DE.UTF-8',
};

it('A build sees a plain English UTF-8 locale and nothing of the user’s own environment', () => {
  const environment = { ...HARMFUL, PATH: '/usr/bin', HOME: '/home/someone' };
  expect(plainEnvironment(environment)).toEqual({ LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' });
});

it('A build on Windows sees what Windows needs to start programs', () => {
  expect(plainEnvironment({ SYSTEMROOT: 'C:\\Windows', PATHEXT: '.EXE' })).toMatchObject({
    SYSTEMROOT: 'C:\\Windows',
    PATHEXT: '.EXE',
  });
});

it('A program that fetches something sees path, home, proxy and certificates, and never asks for a password', () => {
  const passed = {
    PATH: '/usr/bin',
    HOME: '/home/someone',
    https_proxy: 'http://proxy:1',
    SSL_CERT_FILE: '/etc/ca.pem',
    PIP_INDEX_URL: 'http://index',
    SSH_AUTH_SOCK: '/run/agent',
  };
  expect(networkEnvironment({ ...HARMFUL, ...passed, GIT_TERMINAL_PROMPT: '1' })).toEqual({
    ...passed,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
  });
});

it('Programs are looked up in the absolute folders of PATH, in its order', () => {
  const PATH = ['/b', '', '.', 'bin', '/a'].join(delimiter);
  expect(systemPath({ PATH })).toEqual(['/b', '/a']);
  expect(systemPath({})).toEqual([]);
});
