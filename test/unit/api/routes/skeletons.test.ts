import { describe, expect, it } from 'vitest';
import { createService, KEYMAP } from '../../../fixtures/api/service.ts';

describe('GET /v1/skeletons', () => {
  it('lists the keymap skeleton', async () => {
    const answer = await createService().get('/v1/skeletons');
    expect(answer.json()).toEqual({ children: ['keymap'] });
  });

  it('serves the keymap skeleton', async () => {
    const answer = await createService().get('/v1/skeletons/keymap');
    expect(answer.json()).toEqual({
      version: 1,
      notes: '',
      keyboard: null,
      keymap: null,
      layout: null,
      layers: [],
      documentation: expect.stringMatching(/^This file is a QMK Configurator export\./),
    });
  });

  it('takes back what a client merges from the skeleton into its request', async () => {
    const { get, post } = createService();
    const skeleton = (await get('/v1/skeletons/keymap')).json();
    const { keyboard, keymap, layout, layers } = KEYMAP;
    const body = { ...skeleton, keyboard, keymap, layout, layers };
    expect((await post('/v1/compile', body)).statusCode).toBe(200);
  });
});
