import { describe, expect, it } from 'vitest';
import { createService } from '../../../fixtures/api/service.ts';

const RAW = '{name:"Pad"},\n["7\\nHome",{h:2},"+"],\n[{w:2},"0"]';
const SKELETON = {
  keyboard_name: 'Pad',
  url: '',
  maintainer: 'qmk',
  layouts: {
    LAYOUT: {
      layout: [
        { label: '7', x: 0, y: 0 },
        { label: '+', x: 1, y: 0, h: 2 },
        { label: '0', x: 0, y: 1, w: 2 },
      ],
    },
  },
};

describe.each(['/v1/converters/kle', '/v1/converters/kle2qmk'])('POST %s', (url) => {
  it.each<[string, unknown]>([
    ['raw data as the site shows them', RAW],
    ['rows', [{ name: 'Pad' }, ['7\nHome', { h: 2 }, '+'], [{ w: 2 }, '0']]],
    ['a downloaded file', '[{"name":"Pad"},["7\\nHome",{"h":2},"+"],[{"w":2},"0"]]'],
  ])('converts %s', async (_what, raw) => {
    const answer = await createService().post(url, { raw });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(SKELETON);
  });

  it.each<[string, unknown, RegExp]>([
    ['neither raw nor id', {}, /has no raw data/],
    ['an id, which only a network could follow', { id: 'abc123' }, /without a network/],
    ['raw of another type', { raw: 7 }, /neither a text nor a list/],
    ['null', { raw: null }, /neither a text nor a list/],
    ['a list', [['A']], /no JSON object/],
    ['no JSON', '{raw:1}', /line 1, column 2/i],
    ['nothing', '', /./],
    ['no layout', { raw: '[hello' }, /not what keyboard-layout-editor.com writes/],
    ['a layout of nothing', { raw: '[]' }, /has no keys/],
  ])('refuses %s with 400 and a sentence', async (_what, body, message) => {
    const answer = await createService().post(url, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 400, error: { kind: 'user' } });
    expect(answer.json().error.message).toMatch(message);
    expect(answer.json().error.remedy).toContain('Raw data');
  });

  it('takes raw before an id, as the hosted API does not need to choose', async () => {
    const answer = await createService().post(url, { id: 'abc', raw: RAW });
    expect(answer.json()).toEqual(SKELETON);
  });
});

describe('GET /v1/converters', () => {
  it('lists what there is', async () => {
    expect((await createService().get('/v1/converters')).json()).toEqual({ children: ['kle'] });
  });
});
