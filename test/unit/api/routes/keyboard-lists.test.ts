import { describe, expect, it } from 'vitest';
import { cataloguesWith } from '../../../fixtures/api/catalogue.ts';
import { createService } from '../../../fixtures/api/service.ts';

/** All of the fixture’s but the one that cannot be read. */
const NAMES = ['handwired/onekey/a/b/c/d', 'planck/rev6', 'zoo'];
const UPDATED = '2025-11-20 18:07:37 GMT';

describe('GET /v1/keyboards', () => {
  it('lists the default tree’s keyboards as a bare array', async () => {
    const answer = await createService().get('/v1/keyboards');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(NAMES);
  });
});

describe('GET /v1/keyboard_list.json', () => {
  it('lists them as an object with its date', async () => {
    const answer = await createService().get('/v1/keyboard_list.json');
    expect(answer.json()).toEqual({ last_updated: UPDATED, keyboards: NAMES });
  });

  it('names only keyboards that have an info.json of that name', async () => {
    const { get } = createService();
    const { keyboards } = (await get('/v1/keyboard_list.json')).json();
    for (const name of keyboards) {
      const info = (await get(`/v1/keyboards/${name}/info.json`)).json();
      expect(Object.keys(info.keyboards)).toEqual([name]);
    }
  });
});

describe('GET /v1/keyboard_aliases.json', () => {
  it('gives old names of keyboards and layouts', async () => {
    expect((await createService().get('/v1/keyboard_aliases.json')).json()).toEqual({
      last_updated: UPDATED,
      keyboard_aliases: {
        old_planck: { target: 'planck/rev6' },
        zoo: { layouts: { LAYOUT_two: 'LAYOUT_pair' } },
      },
    });
  });
});

describe.each(['/v1/usb.json', '/v1/usb'])('GET %s', (url) => {
  it('gives each keyboard’s ids by vendor and product', async () => {
    const { last_updated, usb } = (await createService().get(url)).json();
    expect(last_updated).toBe(UPDATED);
    expect(Object.keys(usb['0x03A8']['0xA4F9'])).toEqual(NAMES);
    expect(usb['0x03A8']['0xA4F9'].zoo).toEqual({
      vid: '0x03A8',
      pid: '0xA4F9',
      device_version: '0.0.6',
    });
  });
});

describe('GET /v1/keyboard_metadata.json', () => {
  it('gives the three of them at once', async () => {
    const { get } = createService();
    const all = (await get('/v1/keyboard_metadata.json')).json();
    const { keyboards } = (await get('/v1/keyboard_list.json')).json();
    const { keyboard_aliases } = (await get('/v1/keyboard_aliases.json')).json();
    const { usb } = (await get('/v1/usb.json')).json();
    expect(all).toEqual({ last_updated: UPDATED, keyboards, keyboard_aliases, usb });
  });
});

describe.each(['/v1/keyboards.json', '/v1/keyboards/all'])('GET %s', (url) => {
  it('gives the metadata of all keyboards that were read, compact', async () => {
    const { get } = createService();
    const answer = await get(url);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const { last_updated, keyboards } = answer.json();
    expect(last_updated).toBe(UPDATED);
    expect(Object.keys(keyboards)).toEqual(NAMES);
    expect(answer.body).toBe(JSON.stringify(answer.json()));
    const one = (await get('/v1/keyboards/planck/rev6/info.json')).json();
    expect(keyboards['planck/rev6']).toEqual(one.keyboards['planck/rev6']);
  });

  it('is whole JSON when there is nothing yet, or very much', async () => {
    for (const count of [0, 1, 500]) {
      const infoText = JSON.stringify({ text: 'é'.repeat(1_000) });
      const { get } = createService({
        replace: {
          catalogues: cataloguesWith({
            async *all() {
              for (let index = 0; index < count; index += 1) yield { name: `k${index}`, infoText };
            },
          }),
        },
      });
      const { keyboards } = (await get(url)).json();
      expect(Object.keys(keyboards)).toHaveLength(count);
      if (count > 0) expect(keyboards.k0).toEqual(JSON.parse(infoText));
    }
  });

  it('reads no keyboard for HEAD', async () => {
    let begun = false;
    const { app } = createService({
      replace: {
        catalogues: cataloguesWith({
          // biome-ignore lint/correctness/useYield: it has nothing to give.
          async *all() {
            begun = true;
          },
        }),
      },
    });
    const answer = await app.inject({
      method: 'HEAD',
      url,
      headers: { host: 'localhost:5001', 'accept-encoding': 'br' },
    });
    expect(answer.statusCode).toBe(200);
    expect(begun).toBe(false);
  });
});
