// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of scripts.
import { describe, expect, it } from 'vitest';
import { basesOf, findBases } from '../../../../core/configurator/bases.ts';
import { STOCK_SCRIPT, scriptOf } from './folder.ts';

const valuesOf = (script: string) => findBases(script).map(({ name, value }) => [name, value]);

describe('findBases', () => {
  it.each([
    ['https://api.qmk.fm', 'https://keyboards.qmk.fm'],
    ['/api', 'https://keyboards.qmk.fm'],
    ['http://localhost:5001', 'http://localhost:5001'],
    ['http://[::1]:5001', 'https://example.com/~me/kb'],
    ['', ''],
  ])('tells what a build was made with: %j, %j', (api, keyboards) => {
    const script = scriptOf(api, keyboards);
    expect(valuesOf(script)).toEqual([
      ['api', api],
      ['keyboards', keyboards],
    ]);
    for (const { start, end, value } of findBases(script)) {
      expect(script.slice(start, end)).toBe(value);
      expect(script.slice(start - 1, start)).toBe('"');
    }
  });

  it.each([
    ['an inlined address', 'f("https://a.example/v1/compile")', 'https://a.example'],
    ['single quotes', "const b='https://a.example';f(`${b}/v1/compile`)", 'https://a.example'],
    ['a sum', 'var b="/api";f(b + "/v1/compile")', '/api'],
    ['concat', 'var b="/api";f("".concat(b,"/v1/compile"))', '/api'],
    ['a name with a dollar', 'let $b="/api";f(`${$b}/v1/compile`)', '/api'],
    ['a list of variables', 'const x=1,b="/api",y=2;f(`${b}/v1/compile`)', '/api'],
    ['a variable used twice', 'b="/old";b="/api";f(`${b}/v1/compile`);b="/new"', '/api'],
    ['the page’s own origin', 'f("/v1/compile")', ''],
  ])('reads %s', (_, script, value) => {
    expect(valuesOf(script)).toEqual([['api', value]]);
  });

  it.each([
    ['an address that is made at run time', 'const b=window.api;f(`${b}/v1/compile`)'],
    ['a longer variable of that end', 'const ab="/api",b=w();f(`${b}/v1/compile`)'],
    ['a member of that name', 'x.b="/api";f(`${b}/v1/compile`)'],
    ['prose', 'alert("see POST /v1/compile")'],
    ['an expression', 'f(`${b()}/v1/compile`)'],
  ])('does not take %s for one', (_, script) => {
    expect(valuesOf(script)).toEqual([]);
  });
});

describe('basesOf', () => {
  it('looks through all scripts', () => {
    expect(basesOf(['let x=1', STOCK_SCRIPT])).toEqual({
      api: 'https://api.qmk.fm',
      keyboards: 'https://keyboards.qmk.fm',
    });
  });

  it('knows the addresses of the hosted service also where no ending follows', () => {
    const script = "join('https://api.qmk.fm', x);join('https://keyboards.qmk.fm/v1', y)";
    expect(basesOf([script])).toEqual({
      api: 'https://api.qmk.fm',
      keyboards: 'https://keyboards.qmk.fm',
    });
  });

  it('has no opinion on other scripts', () => {
    expect(basesOf(['let x="https://api.qmk.fm.example"'])).toEqual({ api: null, keyboards: null });
  });

  it('takes what it is told, if a script has it', () => {
    const script = 'join(["https://a.example"],"v1");join(["/kb"],"v1")';
    expect(basesOf([script], { api: 'https://a.example', keyboards: '/kb' })).toEqual({
      api: 'https://a.example',
      keyboards: '/kb',
    });
    expect(basesOf([script], { api: 'https://b.example' }).api).toBeNull();
  });
});
