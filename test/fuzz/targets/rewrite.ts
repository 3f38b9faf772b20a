// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of scripts.
/** Files of a built Configurator, made to fit another place. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { basesOf, findBases, literalPattern } from '../../../core/configurator/bases.ts';
import {
  type RewritePlan,
  rewrite,
  rewrittenLanguage,
} from '../../../core/configurator/rewrite.ts';
import { damagedText, hostileText } from '../hostile.ts';
import { pure } from '../target.ts';

const PARTS = [
  '<script type="module" crossorigin src="/assets/index-abc.js" integrity="sha384-x"></script>',
  '<link rel="icon" href="/favicon.ico">',
  'url(/assets/a.woff2)',
  'const s="modulepreload",u=function(e){return"/"+e},k={}',
  'e.API_URL="https://api.qmk.fm"',
  '`https://keyboards.qmk.fm/v1/keyboards/${a}`',
  'fetch("/keymaps/k/x.json")',
  '"/assets/"',
  "x='//api.qmk.fm/v1'",
  'a?b:c/assets/g',
];
const text = damagedText(
  fc
    .array(fc.oneof(fc.constantFrom(...PARTS), hostileText), { maxLength: 8 })
    .map((parts) => parts.join('\n')),
);
const name = fc.oneof(fc.constantFrom('assets', 'favicon.ico', 'a+b', '.*', '(x'), hostileText);

interface Input {
  readonly path: string;
  readonly text: string;
  readonly root: string;
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

const input: fc.Arbitrary<Input> = fc.record({
  path: fc.constantFrom('index.html', 'a/b.css', 'x.js', 'y.mjs', 'z.png'),
  text,
  root: fc.oneof(fc.constantFrom('/', './', '', '/sub/', 'https://files.example/'), hostileText),
  files: fc.array(name, { maxLength: 3 }),
  folders: fc.array(name, { maxLength: 3 }),
});

const MOUNT = '/configurator/';

function check({ path, text: content, root, files, folders }: Input): void {
  const bases = { api: 'https://api.qmk.fm', keyboards: 'https://keyboards.qmk.fm' };
  for (const { start, end } of findBases(content)) {
    assert.ok(start >= 0 && start < end && end <= content.length, 'a place outside of the text');
  }
  for (const base of Object.values(basesOf([content]))) {
    assert.ok(base === null || content.includes(base));
  }
  const language = rewrittenLanguage(path);
  if (language === null) return;
  const plan: RewritePlan = { root, files, folders, bases, mount: MOUNT };
  const moved = rewrite(language, content, plan);
  assert.ok(moved.length <= content.length + MOUNT.length * (content.length + 1));
  if (language !== 'js') return;
  // A page that was rewritten leads to no server of others.
  for (const base of Object.values(bases)) assert.doesNotMatch(moved, literalPattern(base));
}

export const target = pure('rewrite', input, check);
