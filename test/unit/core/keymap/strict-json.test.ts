import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_LIMITS, parseStrictJson } from '../../../../core/keymap/strict-json.ts';
import { bytesOf, refusalOf } from './support.ts';

const parse = (text: string) => parseStrictJson(bytesOf(text));
const against = (text: string) => refusalOf(() => parse(text));

/** The same value with ordinary prototypes, so that it can be compared with what `JSON.parse` makes. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a JSON text', () => {
  it('is read as RFC 8259 says', () => {
    const text = ' {"a":[1,-0.5,1e3,true,false,null],"b":"\\u00e9\\ud83d\\ude00\\n\\/é","":{}} ';
    expect(plain(parse(text))).toEqual(JSON.parse(text));
  });

  it.each(['1', '"x"', 'null', '[]', '\t\r\n 0 '])('may be any value: %j', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '',
    ' ',
    '{',
    '[',
    '"',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '[1,]',
    '[,1]',
    '[1 2]',
    '1 2',
    '{a:1}',
    "{'a':1}",
    '{"a":1}//',
    '/* */{}',
    '# x\n{}',
    '{"a":NaN}',
    'Infinity',
    '-Infinity',
    '-',
    '+1',
    '01',
    '1.',
    '.5',
    '1e',
    '0x10',
    'tru',
    'True',
    'nul',
    'undefined',
    '"\t"',
    '"\n"',
    '"\\x"',
    '"\\u12g4"',
    '"\\u12',
    "'''x'''",
    '{"a" 1}',
    '{"a":1 "b":2}',
    '[1}',
    '{"a":1]',
    '\u00a01',
    '\u00001',
    '"a\u0000"',
    'a: b',
  ])('is refused when it is not JSON: %j', (text) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(against(text)).toMatchObject({
      code: 'request.invalid-json',
      status: 400,
      rule: 'json.syntax',
    });
  });

  it('is refused with the line and column of the fault', () => {
    expect(against('{\n  "a": 1,\n  b: 2\n}')).toMatchObject({
      message: 'Line 3, column 3: here is `b` instead of a member name in double quotes.',
      line: 3,
      column: 3,
    });
    expect(against('[1\n')).toMatchObject({ line: 2, column: 1 });
    expect(against('["a\nb"]')).toMatchObject({ line: 1, column: 4 });
  });
});

describe('the encoding of a JSON text', () => {
  it.each([
    ['an invalid byte', [0x22, 0xff, 0x22], 2],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22], 2],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22], 2],
    ['a character that is cut off', [0x22, 0x61, 0xe2, 0x82], 3],
    ['UTF-16 with its mark', [0xff, 0xfe, 0x7b, 0x00], 1],
  ])('is refused for %s', (_, bytes, column) => {
    const refused = refusalOf(() => parseStrictJson(Uint8Array.from(bytes)));
    expect(refused).toMatchObject({
      code: 'request.invalid-json',
      rule: 'json.encoding',
      line: 1,
      column,
    });
  });

  it('is refused for a byte order mark', () => {
    expect(against('\uFEFF{}')).toMatchObject({ rule: 'json.encoding' });
    expect(parse('"\uFEFF"')).toBe('\uFEFF');
  });

  it.each(['"\\ud800"', '"\\udc00\\ud800"', '"a\\ud83d b"', '{"\\udead":1}'])(
    'is refused for half of a surrogate pair: %s',
    (text) => expect(against(text)).toMatchObject({ rule: 'json.surrogate' }),
  );
});

describe('the members of an object', () => {
  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"c":1,"x":0,"c":2}}]',
    '{"__proto__":1,"__proto__":2}',
    '{"":1,"":2}',
  ])('are refused when one is there twice: %s', (text) => {
    expect(against(text)).toMatchObject({
      code: 'request.invalid-json',
      rule: 'json.duplicate-member',
    });
  });

  it('may have the names of an object’s own machinery, as names only', () => {
    const value = parse('{"__proto__":{"polluted":1},"constructor":2,"toString":3}');
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('are at most 64 at the root, with names of at most 64 characters', () => {
    const members = (count: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, 0])));
    expect(Object.keys(parse(members(64)) as object)).toHaveLength(64);
    expect(against(members(65))).toMatchObject({ rule: 'json.root-members' });
    expect(parse(`[${members(65)}]`)).toHaveLength(1);
    expect(parse(`{"${'n'.repeat(64)}":0}`)).toBeDefined();
    expect(against(`{"${'n'.repeat(65)}":0}`)).toMatchObject({ rule: 'json.root-members' });
    expect(parse(`{"a":{"${'n'.repeat(65)}":0}}`)).toBeDefined();
  });
});

describe('the limits of a JSON text', () => {
  it('let values nest 12 deep', () => {
    expect(parse('['.repeat(12) + ']'.repeat(12))).toHaveLength(1);
    expect(against('['.repeat(13) + ']'.repeat(13))).toMatchObject({ rule: 'json.nesting' });
    expect(against('{"a":'.repeat(13))).toMatchObject({ rule: 'json.nesting' });
  });

  it('let integers have 16 digits', () => {
    expect(parse('-1234567890123456')).toBe(-1234567890123456);
    expect(against('12345678901234567')).toMatchObject({ rule: 'json.number' });
    expect(against('1'.repeat(200_000))).toMatchObject({ rule: 'json.number' });
    expect(against(`0.${'1'.repeat(100)}`)).toMatchObject({ rule: 'json.number' });
    expect(against('1e999')).toMatchObject({ rule: 'json.number' });
  });

  it('let a body have 256 KiB', () => {
    const text = `"${'a'.repeat(JSON_LIMITS.bytes - 2)}"`;
    expect(parse(text)).toHaveLength(JSON_LIMITS.bytes - 2);
    expect(against(`${text} `)).toMatchObject({ code: 'request.too-large', status: 413 });
  });
});

describe('reading any text at all', () => {
  const isWithinLimits = (text: string) => !/[0-9]{17}/.test(text);
  // None with a backslash: after one that is called "\\", V8 of Node 24 reads other escaped names as that.
  const names = fc.oneof(
    fc.string({ maxLength: 8 }).filter((name) => !name.includes('\\')),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'é', '"', '\u0000'),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.oneof(
        fc.constantFrom(null, true, false),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.string({ unit: 'binary' }),
      ),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(names, tie('value'), { maxKeys: 5 }),
    ),
  }));

  it('gives what JSON.parse gives for every value without duplicates', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, '\t'), (original, indent) => {
        const text = JSON.stringify(original, null, indent);
        fc.pre(isWithinLimits(text));
        expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('never accepts what JSON.parse refuses', () => {
    const scraps = fc.array(
      fc.oneof(
        fc.constantFrom(
          ...'{}[]",:\\ \n\t01-+.eEtfn/#\'',
          'true',
          'null',
          '\\u00',
          '"a":',
          '1e5',
          '\u2028',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(scraps, (parts) => {
        const text = parts.join('');
        try {
          parse(text);
        } catch {
          return;
        }
        expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses bytes with nothing but its own two errors', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          parseStrictJson(bytes);
        } catch (error) {
          const { code } = refusalOf(() => {
            throw error;
          });
          expect(code).toBe('request.invalid-json');
        }
      }),
      { numRuns: 1000 },
    );
  });
});
