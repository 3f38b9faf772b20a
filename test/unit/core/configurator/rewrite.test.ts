// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of scripts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type RewritePlan,
  rewrite,
  rewrittenLanguage,
} from '../../../../core/configurator/rewrite.ts';
import { scriptOf } from './folder.ts';

const plan: RewritePlan = {
  root: '/',
  files: ['index.html', 'favicon.ico', 'icon.png'],
  folders: ['assets', 'keymaps'],
  bases: { api: 'https://api.qmk.fm', keyboards: 'https://keyboards.qmk.fm' },
  mount: '/configurator/',
};
const withBases = (api: string, keyboards: string) => ({ ...plan, bases: { api, keyboards } });

describe('addresses of the build’s own files', () => {
  it.each([
    ['html', '<link href="/favicon.ico">', '<link href="/configurator/favicon.ico">'],
    ['html', "<script src='/assets/a.js'>", "<script src='/configurator/assets/a.js'>"],
    ['html', '<script src=/assets/a.js>', '<script src=/configurator/assets/a.js>'],
    ['css', 'url(/assets/a.woff2)', 'url(/configurator/assets/a.woff2)'],
    ['css', 'url( "/icon.png" )', 'url( "/configurator/icon.png" )'],
    ['css', '@import "/assets/a.css";', '@import "/configurator/assets/a.css";'],
    ['js', 'x="/assets/a.svg"', 'x="/configurator/assets/a.svg"'],
    ['js', 'x=`/icon.png?v=1`', 'x=`/configurator/icon.png?v=1`'],
    ['js', "x='url(/assets/a.svg)'", "x='url(/configurator/assets/a.svg)'"],
  ] as const)('move: %s %s', (language, before, after) => {
    expect(rewrite(language, before, plan)).toBe(after);
  });

  it.each([
    ['html', '<a href="https://example.com/assets/">'],
    ['html', '<a href="//example.com/favicon.ico">'],
    ['html', '<a href="assets/a.js">'],
    ['css', 'url(data:image/png;base64,/assets/)'],
    ['css', 'url(./assets/a.png)'],
    // Routes of the app, words, regular expressions.
    ['js', 'push("/print");push("/");push("/assetsx/")'],
    ['js', 'x="/icon.pngx";y="/v1/assets/a"'],
    ['js', 'name.replace(/assets/g,"").replace(/keymaps/,"")'],
  ] as const)('stay when they lead elsewhere: %s %s', (language, text) => {
    expect(rewrite(language, text, plan)).toBe(text);
  });

  it('move from below another path too, and from another host', () => {
    const text = '<script src="/sub/assets/a.js"><link href="/assets/b.css">';
    expect(rewrite('html', text, { ...plan, root: '/sub/' })).toBe(
      '<script src="/configurator/assets/a.js"><link href="/assets/b.css">',
    );
    const far = '<script src="https://files.example/assets/a.js">';
    expect(rewrite('html', far, { ...plan, root: 'https://files.example/' })).toBe(
      '<script src="/configurator/assets/a.js">',
    );
  });

  it.each(['', './'])('fit as they are when relative: %j', (root) => {
    const text = `<script src="${root}assets/a.js">`;
    expect(rewrite('html', text, { ...plan, root })).toBe(text);
  });

  it.each([
    'const s="modulepreload",u=function(e){return"/"+e},k={}',
    "const scriptRel = 'modulepreload';\nconst assetsURL = function(dep) { return '/'+dep };",
    'const s="modulepreload",u=e=>"/"+e,k={}',
  ])('move in what loads a page’s parts ahead: %s', (script) => {
    const after = rewrite('js', script, plan);
    expect(after).toBe(script.replace(/(["'])\/\1/, '$1/configurator/$1'));
    expect(after).not.toBe(script);
  });

  it('lose the checksums that no longer fit', () => {
    const text = '<script src="/assets/a.js" integrity="sha384-abc" crossorigin></script>';
    expect(rewrite('html', text, plan)).toBe(
      '<script src="/configurator/assets/a.js" crossorigin></script>',
    );
  });

  it('are found by what lies in the folder, whatever its names', () => {
    const odd = { ...plan, files: ['a+b(1).png'], folders: ['$x'] };
    expect(rewrite('js', 'x="/a+b(1).png";y="/$x/z";z="/aab(1).png"', odd)).toBe(
      'x="/configurator/a+b(1).png";y="/configurator/$x/z";z="/aab(1).png"',
    );
    expect(rewrite('js', 'x="/"', { ...plan, files: [], folders: [] })).toBe('x="/"');
  });
});

describe('the two servers', () => {
  it.each([
    ['https://api.qmk.fm', 'https://keyboards.qmk.fm'],
    ['/api', 'https://keyboards.qmk.fm'],
    ['http://localhost:9999', 'http://localhost:9999'],
    ['http://localhost:9999', 'http://localhost:9999/kb'],
    ['', ''],
  ])('become the page’s own origin: %j, %j', (api, keyboards) => {
    expect(rewrite('js', scriptOf(api, keyboards), withBases(api, keyboards))).toBe(
      scriptOf('', ''),
    );
  });

  it('become it in every other script as well, where they are named in full', () => {
    const script =
      'f("https://api.qmk.fm/v1");g(\'https://keyboards.qmk.fm\');h(`https://api.qmk.fm/${x}`)';
    expect(rewrite('js', script, plan)).toBe('f("/v1");g(\'\');h(`/${x}`)');
  });

  it('are not mistaken for others, nor for words', () => {
    const script = 'f("https://api.qmk.fm.example/v1");g("see https://api.qmk.fm");h("/api")';
    expect(rewrite('js', script, withBases('https://api.qmk.fm', '/api'))).toBe(script);
  });
});

describe('rewrite', () => {
  it('leaves text without an address alone', () => {
    const words = fc.string({ unit: fc.constantFrom(...'ab"\'`/(){}$;= .\\') });
    fc.assert(
      fc.property(words, (text) => {
        expect(rewrite('js', text, plan)).toBe(text);
        expect(rewrite('css', text, plan)).toBe(text);
      }),
    );
  });

  it('is over at once on the longest line', () => {
    const script = `${'x="/";y=`${z}/v1`;url('.repeat(100_000)}${scriptOf('/api', '/kb')}`;
    const start = performance.now();
    rewrite('js', script, withBases('/api', '/kb'));
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('is for pages, styles and scripts only', () => {
    expect(['a.html', 'a.css', 'a.js', 'a.mjs'].map(rewrittenLanguage)).toEqual([
      'html',
      'css',
      'js',
      'js',
    ]);
    expect(['a.json', 'a.js.map', 'a.svg', 'js'].map(rewrittenLanguage)).toEqual(
      Array(4).fill(null),
    );
  });
});
