import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import { convertKle } from '../../../../core/kle/convert.ts';

const keysOf = (raw: Parameters<typeof convertKle>[0]) => convertKle(raw).layouts.LAYOUT.layout;

/** The refusal that a layout meets. */
function refusalOf(raw: Parameters<typeof convertKle>[0]): KilnError {
  try {
    convertKle(raw);
  } catch (error) {
    if (error instanceof KilnError) return error;
    throw error;
  }
  return expect.unreachable('the layout was taken');
}

/** Whatever it makes of it, it ends in one of two ways. */
const onlyRefuses = (raw: Parameters<typeof convertKle>[0]) => {
  try {
    convertKle(raw);
  } catch (error) {
    expect(error).toBeInstanceOf(KilnError);
    expect(['request.invalid', 'request.too-large']).toContain((error as KilnError).code);
  }
};

const NUMPAD = `{name:"Numpad",author:"someone"},
["Num Lock","/","*","-"],
["7\\nHome","8\\n↑","9\\nPgUp",{h:2},"+"],
["4\\n←","5","6\\n→"],
["1\\nEnd","2\\n↓","3\\nPgDn",{h:2},"Enter"],
[{w:2},"0\\nIns",".\\nDel"]`;

describe('convertKle', () => {
  it('makes the beginning of an info.json from raw data as the site shows it', () => {
    expect(convertKle(NUMPAD)).toEqual({
      keyboard_name: 'Numpad',
      url: '',
      maintainer: 'qmk',
      layouts: {
        LAYOUT: {
          layout: [
            { label: 'Num Lock', x: 0, y: 0 },
            { label: '/', x: 1, y: 0 },
            { label: '*', x: 2, y: 0 },
            { label: '-', x: 3, y: 0 },
            { label: '7', x: 0, y: 1 },
            { label: '8', x: 1, y: 1 },
            { label: '9', x: 2, y: 1 },
            { label: '+', x: 3, y: 1, h: 2 },
            { label: '4', x: 0, y: 2 },
            { label: '5', x: 1, y: 2 },
            { label: '6', x: 2, y: 2 },
            { label: '1', x: 0, y: 3 },
            { label: '2', x: 1, y: 3 },
            { label: '3', x: 2, y: 3 },
            { label: 'Enter', x: 3, y: 3, h: 2 },
            { label: '0', x: 0, y: 4, w: 2 },
            { label: '.', x: 2, y: 4 },
          ],
        },
      },
    });
  });

  it('takes the downloaded file, rows, commas at the ends and a single row alike', () => {
    const rows = [['A', { w: 2 }, 'B'], ['C']];
    const expected = keysOf(rows);
    expect(expected).toHaveLength(3);
    expect(keysOf(JSON.stringify(rows, null, 2))).toEqual(expected);
    expect(keysOf('["A",{w:2,},"B",],\n["C"],\n')).toEqual(expected);
    expect(keysOf('\uFEFF["A", {"w": 2}, "B"],["C"]')).toEqual(expected);
    expect(keysOf('["A","B"]')).toEqual([
      { label: 'A', x: 0, y: 0 },
      { label: 'B', x: 1, y: 0 },
    ]);
  });

  it('leaves out what is only drawn, and keeps its place', () => {
    expect(keysOf([[{ d: true }, 'logo', 'A', { g: true }, 'ghost', { g: false }, 'B']])).toEqual([
      { label: 'A', x: 0, y: 0 },
      { label: 'B', x: 2, y: 0 },
    ]);
  });

  it('moves the layout to the origin', () => {
    expect(keysOf([[{ x: 3.25, y: -2 }, 'A'], ['B']])).toEqual([
      { label: 'A', x: 3.25, y: 0 },
      { label: 'B', x: 0, y: 1 },
    ]);
    expect(keysOf([[{ x: 3, y: 5 }, 'A', 'B']])[0]).toEqual({ label: 'A', x: 0, y: 0 });
  });

  it('keeps the first legend that is not empty, on one line', () => {
    const legends = keysOf([['!\n1', '\n\n\n0', '', '\t \n', 'a\u0007b\rc']]);
    expect(legends.map(({ label }) => label)).toEqual(['!', '0', undefined, undefined, 'a b c']);
  });

  it('reads legends where their alignment puts them', () => {
    expect(keysOf([[{ a: 7 }, 'centre', { a: 4 }, 'A\nB']]).map(({ label }) => label)).toEqual([
      'centre',
      'A',
    ]);
  });

  it('gives an ISO Enter the box that QMK gives it', () => {
    const change = { x: 0.25, w: 1.25, h: 2, w2: 1.5, h2: 1, x2: -0.25 };
    expect(keysOf([['A', change, 'Enter']])[1]).toEqual({
      label: 'Enter',
      x: 1.25,
      y: 0,
      w: 1.25,
      h: 2,
    });
  });

  it('adds quarters and sixteenths without tails', () => {
    const row = Array.from({ length: 8 }, () => [{ x: 0.1 }, 'A']).flat();
    expect(keysOf([row]).map(({ x }) => x)).toEqual([0, 1.1, 2.2, 3.3, 4.4, 5.5, 6.6, 7.7]);
    expect(keysOf([['A', { x: 0.0625 }, 'B']])[1]?.x).toBe(1.0625);
  });
});

describe('rotated keys', () => {
  // The thumb clusters of the site's ErgoDox; the second gives a new rx only, and goes back to the old ry.
  const THUMBS = `["corner"],
[{r:30,rx:6.5,ry:4.25,y:-1,x:1},"Ctrl","Alt"],
[{h:2},"Back",{h:2},"Del","Home"],
[{x:2},"End"],
[{r:-30,rx:13,y:-1,x:-3},"Alt","Ctrl"],
[{x:-3},"PgUp"]`;

  it('lie where the site puts them, each row of a cluster below the other', () => {
    const left = { r: 30, rx: 6.5, ry: 4.25 };
    const right = { r: -30, rx: 13, ry: 4.25 };
    expect(keysOf(THUMBS)).toEqual([
      { label: 'corner', x: 0, y: 0 },
      { label: 'Ctrl', x: 7.5, y: 3.25, ...left },
      { label: 'Alt', x: 8.5, y: 3.25, ...left },
      { label: 'Back', x: 6.5, y: 4.25, h: 2, ...left },
      { label: 'Del', x: 7.5, y: 4.25, h: 2, ...left },
      { label: 'Home', x: 8.5, y: 4.25, ...left },
      { label: 'End', x: 8.5, y: 5.25, ...left },
      { label: 'Alt', x: 10, y: 3.25, ...right },
      { label: 'Ctrl', x: 11, y: 3.25, ...right },
      { label: 'PgUp', x: 10, y: 4.25, ...right },
    ]);
  });

  it('go on below the row before when only the angle is new', () => {
    expect(keysOf([['A'], [{ r: 15 }, 'B'], [{ r: 0 }, 'C']]).map(({ x, y }) => [x, y])).toEqual([
      // Turned by 15 degrees around the origin, B reaches 0.5176 to the left.
      [0.5176, 0],
      [0.5176, 1],
      [0.5176, 2],
    ]);
  });

  it('never get numbers below 0, which info.json does not allow, nor reach beyond the origin', () => {
    for (const { x, y, rx = 0, ry = 0 } of keysOf([
      [{ r: 170, rx: -3, ry: 2 }, 'A', { w: 3 }, 'B'],
    ])) {
      expect(Math.min(x, y, rx, ry)).toBeGreaterThanOrEqual(0);
    }
  });

  it('are not turned by whole turns', () => {
    expect(keysOf([[{ r: 360, rx: 2 }, 'A']])).toEqual([{ label: 'A', x: 0, y: 0 }]);
  });
});

describe('what is no layout', () => {
  it.each<[string, Parameters<typeof convertKle>[0], RegExp]>([
    ['nothing', '', /has no keys/],
    ['no keys but decals', [[{ d: true }, 'x']], /has no keys/],
    ['properties alone', '{name:"x"}', /has no keys/],
    ['text', 'not a layout', /not what keyboard-layout-editor.com writes/],
    ['an open bracket', '["A"', /not what keyboard-layout-editor.com writes/],
    ['an open text', '["A', /from character 2 on/],
    ['a foreign character', '["A"];', /from character 6 on/],
    ['a program', 'function(){}', /from character 9 on/],
    ['a list of texts', ['A', 'B'], /Row 1 is no list/],
    ['properties in the middle', [['A'], { name: 'x' }], /Row 2 is no list/],
    ['null for a row', '[null]', /Row 1, item 1 is neither/],
    ['a number for a key', [[1]], /Row 1, item 1 is neither/],
    ['a list for a key', [['A', ['B']]], /Row 1, item 2 is neither/],
    ['a text for a width', '[{w:"2"},"A"]', /Row 1, item 1: w is no number/],
    ['a width below 0', [[{ w: -1 }, 'A']], /w is below 0/],
    ['a place out of sight', '[{x:1e9},"A"]', /x is beyond 1000/],
    ['no finite number', '[{x:1e999},"A"]', /x is no number/],
    ['an alignment of its own', [[{ a: 8 }, 'A']], /a is no alignment/],
    ['half an alignment', [[{ a: 0.5 }, 'A']], /a is no alignment/],
    ['rotation within a row', [['A', { r: 10 }, 'B']], /r stands behind a key/],
  ])('is refused with 400 and a sentence: %s', (_what, raw, message) => {
    const refusal = refusalOf(raw);
    expect(refusal).toMatchObject({ code: 'request.invalid', status: 400, kind: 'user' });
    expect(refusal.message).toMatch(message);
    expect(refusal.remedy).toContain('Raw data');
  });

  it('says where it is', () => {
    expect(refusalOf('{name:"x"},["A"],["B",{y:"1"},"C"]').details).toEqual({ row: 3, item: 2 });
  });

  it('is refused from the 513th key on, decals included', () => {
    const row = (count: number) => Array.from({ length: count }, () => 'A');
    expect(keysOf([row(512)])).toHaveLength(512);
    expect(refusalOf([row(512), ['A']]).message).toContain('more than 512 keys');
    expect(refusalOf([[{ d: true }, ...row(513)]]).message).toContain('more than 512 keys');
  });

  it('is refused with 413 when it is larger than 256 KiB', () => {
    expect(refusalOf(`["${'ö'.repeat(131_072)}"]`)).toMatchObject({
      code: 'request.too-large',
      status: 413,
    });
  });

  it.each([
    ['brackets', '['.repeat(262_144)],
    ['braces', '{a:'.repeat(87_000)],
    ['words and commas', 't,'.repeat(131_000)],
    ['a legend of many lines', `["${'\\n'.repeat(131_000)}"]`],
    ['a long legend', `["${'a'.repeat(262_000)}"]`],
    ['quotes', '"'.repeat(262_144)],
    ['members', `[{${'x:1,'.repeat(65_000)}}]`],
  ])('costs little, however it is made: %s', (_what, raw) => {
    const before = performance.now();
    onlyRefuses(raw);
    // Some 50 ms here; what grows with the square would take minutes.
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

/** Changes as the site writes them, and as nobody should. */
const change = fc.dictionary(
  fc.constantFrom('x', 'y', 'w', 'h', 'x2', 'w2', 'r', 'rx', 'ry', 'a', 'd', 'g', 'c', '__proto__'),
  fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.string(), fc.constant(null), fc.anything()),
);
const soundChange = fc.record(
  {
    x: fc.double({ min: -20, max: 20, noNaN: true }),
    y: fc.double({ min: -20, max: 20, noNaN: true }),
    w: fc.double({ min: 0.25, max: 8, noNaN: true }),
    h: fc.double({ min: 0.25, max: 4, noNaN: true }),
    a: fc.integer({ min: 0, max: 7 }),
    d: fc.boolean(),
  },
  { requiredKeys: [] },
);
const turn = fc.record({
  r: fc.integer({ min: -360, max: 360 }),
  rx: fc.double({ min: -20, max: 20, noNaN: true }),
  ry: fc.double({ min: -20, max: 20, noNaN: true }),
});
const soundRow = fc
  .tuple(fc.option(turn), fc.array(fc.oneof(fc.string(), soundChange), { maxLength: 20 }))
  .map(([rotation, items]) => (rotation === null ? items : [rotation, ...items]));

describe('whatever it is given, convertKle', () => {
  it('throws nothing but a KilnError: text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), onlyRefuses), { numRuns: 500 });
  });

  it('throws nothing but a KilnError: text of what raw data is made of', () => {
    const piece = fc.constantFrom(
      ...'[]{},:"\\\n-019.eE ',
      'a',
      'x',
      'rx',
      '"A"',
      'true',
      '[{',
      '}]',
    );
    const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(text, onlyRefuses), { numRuns: 2_000 });
  });

  it('throws nothing but a KilnError: values', () => {
    const item = fc.oneof(fc.string(), change, fc.anything());
    const rows = fc.array(fc.oneof(fc.array(item), fc.anything()));
    fc.assert(fc.property(rows, onlyRefuses), { numRuns: 1_000 });
  });

  it('gives each key of a sound layout a place that info.json allows', () => {
    fc.assert(
      fc.property(fc.array(soundRow, { maxLength: 8 }), (rows) => {
        if (!rows.flat().some((item) => typeof item === 'string')) return;
        let keys: ReturnType<typeof keysOf>;
        try {
          keys = keysOf(rows);
        } catch (error) {
          // Decals alone.
          expect((error as KilnError).message).toContain('no keys');
          return;
        }
        const plain = keys.filter(({ r }) => r === undefined);
        for (const { x, y, rx = 0, ry = 0 } of keys) {
          expect(Math.min(x, y, rx, ry)).toBeGreaterThanOrEqual(0);
        }
        if (plain.length === keys.length) {
          expect(Math.min(...keys.map(({ x }) => x))).toBe(0);
          expect(Math.min(...keys.map(({ y }) => y))).toBe(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads text and its rows alike', () => {
    fc.assert(
      fc.property(fc.array(soundRow, { minLength: 2, maxLength: 5 }), (rows) => {
        const outcome = (raw: Parameters<typeof convertKle>[0]) => {
          try {
            return convertKle(raw);
          } catch (error) {
            return (error as KilnError).message;
          }
        };
        const plain = JSON.parse(JSON.stringify(rows)) as unknown[];
        expect(outcome(JSON.stringify(plain))).toEqual(outcome(plain));
      }),
      { numRuns: 300 },
    );
  });
});
