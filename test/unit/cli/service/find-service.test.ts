import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findService } from '../../../../cli/service/find-service.ts';
import { loadSettings } from '../../../../core/settings.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

let dataDir: string;
let asked: string[];
/** Answers by address. */
let services: Record<string, () => Response>;

beforeEach(() => {
  dataDir = temporaryFolder();
  asked = [];
  services = {};
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    const answer = services[url.replace('/kiln/v1/health', '')];
    if (answer === undefined) throw new TypeError('fetch failed');
    return answer();
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const find = (serviceUrl?: string) => findService(loadSettings({ dataDir, serviceUrl }, {}));
const healthy = () => Response.json({ status: 'running', workers: { alive: 1, total: 1 } });
const writeAddress = (text: string) => writeFileSync(join(dataDir, 'service.json'), text);

describe('the service of the data folder', () => {
  it('is found by the file that it wrote', async () => {
    services['http://127.0.0.1:7'] = healthy;
    writeAddress('{"url":"http://127.0.0.1:7","pid":1}');
    await expect(find()).resolves.toBe('http://127.0.0.1:7');
  });

  it('is not another Kiln that got the port after a crash', async () => {
    const answer = (instance: string) => () =>
      Response.json({ status: 'running', workers: { alive: 1, total: 1 }, instance });
    services['http://127.0.0.1:7'] = answer('bb');
    writeAddress('{"url":"http://127.0.0.1:7","pid":1,"instance":"aa"}');
    await expect(find()).resolves.toBeNull();
    services['http://127.0.0.1:7'] = answer('aa');
    await expect(find()).resolves.toBe('http://127.0.0.1:7');
  });

  it('is none without that file, and nobody is asked', async () => {
    await expect(find()).resolves.toBeNull();
    expect(asked).toEqual([]);
  });

  it('is none when it does not answer any more', async () => {
    writeAddress('{"url":"http://127.0.0.1:7","pid":1}');
    await expect(find()).resolves.toBeNull();
    expect(asked).toEqual(['http://127.0.0.1:7/kiln/v1/health']);
  });

  it.each(['', '{"url":', 'null', '[]', '{}', '{"url":7}', '"x"'])(
    'is none when the file holds %j',
    async (text) => {
      writeAddress(text);
      await expect(find()).resolves.toBeNull();
      expect(asked).toEqual([]);
    },
  );

  it.each([
    ['refuses', () => Response.json({ workers: {} }, { status: 500 })],
    ['answers with a page', () => new Response('<html>')],
    ['answers with other JSON', () => Response.json({ status: 'ok' })],
    ['answers with null', () => Response.json(null)],
  ])('is none when another program has its port and %s', async (_, answer) => {
    services['http://127.0.0.1:7'] = answer;
    writeAddress('{"url":"http://127.0.0.1:7"}');
    await expect(find()).resolves.toBeNull();
  });
});

describe('the service that a setting names', () => {
  it('goes before that of the data folder', async () => {
    services['http://kiln.test:1'] = healthy;
    writeAddress('{"url":"http://127.0.0.1:7"}');
    await expect(find('http://kiln.test:1//')).resolves.toBe('http://kiln.test:1');
  });

  it('has to answer: no other is taken in its place', async () => {
    services['http://127.0.0.1:7'] = healthy;
    writeAddress('{"url":"http://127.0.0.1:7"}');
    await expect(find('http://kiln.test:1')).rejects.toMatchObject({
      code: 'service.unreachable',
      message: 'No Kiln service answers at http://kiln.test:1.',
      remedy: expect.stringContaining('KILN_SERVICE_URL'),
    });
  });
});
