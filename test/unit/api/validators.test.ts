import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cataloguesWith, testCatalogues } from '../../fixtures/api/catalogue.ts';
import { createService, FIRST_ID } from '../../fixtures/api/service.ts';

const DOCUMENTS = [
  '/v1/keyboards',
  '/v1/keyboard_list.json',
  '/v1/keyboards.json',
  '/v1/keyboard_aliases.json',
  '/v1/keyboard_metadata.json',
  '/v1/usb.json',
  '/v1/constants_metadata.json',
  '/v1/constants/keycodes_0.0.1.json',
  '/v1/templates/keyboard/readme.md',
  '/v1/keyboards/planck/rev6/info.json',
  '/v1/keyboards/planck/rev6/readme.md',
  '/v1/keyboards/planck/rev6/keymaps/default',
  '/v1/keyboards/build_log',
  '/kiln/v1/trees/vial/v1/keyboards.json',
  '/readme.md',
];
const TAG = /^"[0-9a-f]{32}"$/;

describe('ETags', () => {
  it.each(DOCUMENTS)('let a client keep %s', async (url) => {
    const { get } = createService();
    const first = await get(url);
    expect(first.headers.etag).toMatch(TAG);
    expect(first.headers['cache-control']).toBe('no-cache');
    expect(first.headers.vary).toBe('Origin, Accept-Encoding');
    const second = await get(url, {
      'if-none-match': String(first.headers.etag),
      origin: 'https://config.qmk.fm',
    });
    expect(second.statusCode).toBe(304);
    expect(second.body).toBe('');
    expect(second.headers).toMatchObject({
      etag: first.headers.etag,
      vary: 'Origin, Accept-Encoding',
      'cache-control': 'no-cache',
      'access-control-allow-origin': 'https://config.qmk.fm',
    });
  });

  it('are different for every document, and for the same one of two trees', async () => {
    const { get } = createService();
    const urls = [...DOCUMENTS, '/kiln/v1/trees/vial/v1/usb.json'];
    const tags = await Promise.all(urls.map(async (url) => (await get(url)).headers.etag));
    expect(new Set(tags).size).toBe(urls.length);
  });

  it.each([
    ['one of a list', (tag: string) => `"x", ${tag}`, 304],
    ['a weak one', (tag: string) => `W/${tag}`, 304],
    ['that of a compressed form', (tag: string) => tag.replace(/"$/, '-br"'), 304],
    ['a star', () => '*', 304],
    ['another one', () => '"0123"', 200],
    ['one without quotes', (tag: string) => tag.replaceAll('"', ''), 200],
    ['nothing', () => '', 200],
    ['noise', () => '"""W/"', 200],
  ])('are compared with what the client has: %s', async (_what, header, status) => {
    const { get } = createService();
    const url = '/v1/keyboards/zoo/info.json';
    const tag = String((await get(url)).headers.etag);
    expect((await get(url, { 'if-none-match': header(tag) })).statusCode).toBe(status);
  });

  it.each(['/v1/keyboards.json', '/v1/usb.json', '/v1/keyboard_metadata.json'])(
    'of %s change with the catalogue’s revision, before anything is made',
    async (url) => {
      const never = () => expect.unreachable('it was made');
      const catalogue = await testCatalogues.forTree('qmk');
      const of = (revision: string, changes = {}) =>
        createService({
          replace: {
            catalogues: cataloguesWith({
              status: async () => ({ ...(await catalogue.status()), revision }),
              ...changes,
            }),
          },
        });
      const tag = String((await of('r1').get(url)).headers.etag);
      const known = { 'if-none-match': tag };
      const same = await of('r1', { usb: never, all: never }).get(url, known);
      expect(same.statusCode).toBe(304);
      expect((await of('r2').get(url, known)).statusCode).toBe(200);
    },
  );

  it('of lists change with the tree’s folders, which may be ahead of the catalogue', async () => {
    const url = '/v1/keyboard_list.json';
    const tag = String((await createService().get(url)).headers.etag);
    const grown = createService({
      replace: { catalogues: cataloguesWith({ keyboards: async () => ['new', 'zoo'] }) },
    });
    expect((await grown.get(url, { 'if-none-match': tag })).statusCode).toBe(200);
  });

  it('are on no error, and on no answer about a job', async () => {
    const { get } = createService({
      replace: {
        catalogues: cataloguesWith({ usb: () => Promise.reject(new Error('broken')) }),
      },
    });
    for (const url of ['/v1/usb.json', '/v1/keyboards/nothing', '/v1', `/v1/compile/${FIRST_ID}`]) {
      const answer = await get(url);
      expect(answer.headers.etag, url).toBeUndefined();
      expect(answer.headers['cache-control'], url).toBe('no-store');
    }
  });
});

describe('compression', () => {
  const large = {
    replace: {
      catalogues: cataloguesWith({
        infoText: async () => JSON.stringify({ text: 'a'.repeat(100_000) }),
        async *all() {
          for (let index = 0; index < 50; index += 1) {
            yield { name: `k${index}`, infoText: JSON.stringify({ text: 'é'.repeat(10_000) }) };
          }
        },
      }),
    },
  };

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)(
    'gives the same document smaller, with a tag of its own: %s',
    async (coding, open) => {
      const { get } = createService(large);
      for (const url of ['/v1/keyboards.json', '/v1/keyboards/zoo/info.json']) {
        const plain = await get(url);
        const small = await get(url, { 'accept-encoding': coding });
        expect(small.headers['content-encoding']).toBe(coding);
        expect(small.headers.vary).toBe('Origin, Accept-Encoding');
        expect(small.headers.etag).toBe(String(plain.headers.etag).replace(/"$/, `-${coding}"`));
        expect(small.rawPayload.length).toBeLessThan(plain.rawPayload.length / 5);
        expect(open(small.rawPayload).equals(plain.rawPayload)).toBe(true);
        const known = { 'accept-encoding': coding, 'if-none-match': String(small.headers.etag) };
        const again = await get(url, known);
        expect(again.statusCode).toBe(304);
        expect(again.headers.etag).toBe(small.headers.etag);
        expect(again.headers['content-encoding']).toBeUndefined();
      }
    },
  );

  it.each([
    ['br, gzip, deflate, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['*', 'gzip'],
    ['identity', undefined],
    ['deflate, zstd', undefined],
    ['br;q=0', undefined],
    ['', undefined],
  ])('follows Accept-Encoding: %j', async (accepted, coding) => {
    const { get } = createService(large);
    const answer = await get('/v1/keyboards.json', { 'accept-encoding': accepted });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-encoding']).toBe(coding);
    expect(answer.headers.vary).toBe('Origin, Accept-Encoding');
  });

  it('spares small answers, texts, polls and errors', async () => {
    const { get } = createService({
      replace: {
        // By its first two letters a text like this one passes for compressed data.
        catalogues: cataloguesWith({ readme: async () => `80 keys. ${'x'.repeat(100_000)}` }),
      },
    });
    for (const url of [
      '/v1/keyboards/zoo/info.json',
      '/v1/keyboards/zoo/readme.md',
      '/v1',
      '/nothing',
      '/kiln/v1/openapi.json',
    ]) {
      const answer = await get(url, { 'accept-encoding': 'br, gzip' });
      expect(answer.headers['content-encoding'], url).toBeUndefined();
    }
  });

  it('never unpacks a request', async () => {
    const answer = await createService().post('/v1/converters/kle', Buffer.from('x'), {
      'content-encoding': 'gzip',
    });
    expect(answer.statusCode).toBe(415);
  });
});
