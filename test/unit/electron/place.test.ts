import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSettings } from '../../../core/settings.ts';
import { findPlace, findServiceProgram, serviceEnvironment } from '../../../electron/place.ts';

test('shell and service mean the same data folder', () => {
  expect(findPlace({}).dataDir).toBe(loadSettings({}, {}).dataDir);
  expect(findPlace({ KILN_DATA_DIR: '/d' }).dataDir).toBe('/d');
  expect(findPlace({ KILN_DATA_DIR: '' }).dataDir).toBe(findPlace({}).dataDir);
});

test('a service to attach to is named without a slash at its end', () => {
  expect(findPlace({ KILN_SERVICE_URL: 'http://localhost:5001/' }).serviceUrl).toBe(
    'http://localhost:5001',
  );
  expect(findPlace({}).serviceUrl).toBeNull();
});

test('a packaged app brings the service and its Node', () => {
  const places = { home: '/none', platform: 'linux', path: '' } as const;
  expect(findServiceProgram({ ...places, resources: '/opt/kiln/resources' })).toEqual({
    node: join('/opt/kiln/resources', 'node', 'node'),
    script: join('/opt/kiln/resources', 'service/cli/kiln.js'),
  });
  const windows = findServiceProgram({ ...places, platform: 'win32', resources: 'C:\\r' });
  expect(windows.node).toMatch(/node\.exe$/);
});

test('a checkout’s own Node goes before the one of the path', () => {
  const places = { resources: null, home: '/co', platform: 'linux', path: '/usr/bin' } as const;
  expect(findServiceProgram(places, () => true).node).toBe('/co/node_modules/.bin/node');
  const onPath = findServiceProgram(places, (file) => file === '/usr/bin/node');
  expect(onPath).toEqual({ node: '/usr/bin/node', script: '/co/cli/kiln.js' });
  expect(findServiceProgram(places, () => false).node).toBe('node');
});

test('nothing that changes Node or Electron reaches the service', () => {
  const environment = {
    PATH: '/usr/bin',
    HOME: '/home/me',
    KILN_PORT: '0',
    KILN_SERVICE_URL: 'http://localhost:1',
    NODE_OPTIONS: '--inspect',
    ELECTRON_RUN_AS_NODE: '1',
    MISSING: undefined,
  };
  expect(serviceEnvironment(environment)).toEqual({
    PATH: '/usr/bin',
    HOME: '/home/me',
    KILN_PORT: '0',
  });
});
