/** Every endpoint and status against the shapes that are written from the contract’s words. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createService,
  FIRST_ID,
  finishJob,
  KEYMAP,
  OWN_HOST,
  submitJob,
  TOKEN,
} from '../../fixtures/api/service.ts';
import { differences } from './shape.ts';

const FOLDER = join(import.meta.dirname, '../../golden/api');
const TREE = '/kiln/v1/trees/vial';
const KLE = '/v1/converters/kle';
const LAYOUT = { raw: '{name:"Pad"},["A",{w:2},"B"],[{r:15,rx:1,ry:1},"C"]' };
const LARGE = { raw: 'x'.repeat(300_000) };
const MANY = Array.from({ length: 51 }, (_, index) => `k${index}`).join(',');
const withToken = { authorization: `Bearer ${TOKEN}` };

interface Asked {
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** What there has to be before. */
  readonly job?: boolean;
  readonly queueLimit?: number;
}

const text = (url: string): Asked => ({
  url,
  body: 'x',
  headers: { 'content-type': 'text/plain' },
});

/** By the name of the shape’s file: how its answer is come by. */
const CASES: Readonly<Record<string, Asked>> = {
  'v1.200': { url: '/v1' },
  'healthcheck.200': { url: '/v1/healthcheck' },
  'converters.200': { url: '/v1/converters' },
  'converters-kle.200': { url: KLE, body: LAYOUT },
  'converters-kle2qmk.200': { url: '/v1/converters/kle2qmk', body: { raw: [['A'], ['B']] } },
  'converters-kle.400': { url: KLE, body: { raw: '[{w:"2"},"A"]' } },
  'converters-kle-neither.400': { url: KLE, body: { name: 'x' } },
  'converters-kle-syntax.400': { url: KLE, body: '{raw:[]}' },
  'converters-kle.413': { url: KLE, body: LARGE },
  'converters-kle.415': text(KLE),
  'skeletons.200': { url: '/v1/skeletons' },
  'skeletons-keymap.200': { url: '/v1/skeletons/keymap' },
  'compile.200': { url: '/v1/compile', body: KEYMAP },
  'compile.400': { url: '/v1/compile', body: '{' },
  'compile-falsy.400': { url: '/v1/compile', body: {} },
  'compile-missing.400': { url: '/v1/compile', body: { keyboard: 'zoo', keymap: 'mine' } },
  'compile-no-object.400': { url: '/v1/compile', body: ['zoo'] },
  'compile-keyboard.422': { url: '/v1/compile', body: { ...KEYMAP, keyboard: 'planck.rev6' } },
  'compile-unknown-keyboard.422': {
    url: '/v1/compile',
    body: { ...KEYMAP, keyboard: 'nothing' },
  },
  'compile-branch.422': { url: '/v1/compile', body: { ...KEYMAP, branch: 'nothing' } },
  'compile.413': { url: '/v1/compile', body: LARGE },
  'compile.415': text('/v1/compile'),
  'compile.422': { url: '/v1/compile', body: { ...KEYMAP, keymap: '../x' } },
  'compile.503': { url: '/v1/compile', body: KEYMAP, job: true, queueLimit: 1 },
  'compile-job.404': { url: `/v1/compile/${FIRST_ID}` },
  'compile-download.404': { url: `/v1/compile/${FIRST_ID}/download` },
  'compile-hex.404': { url: `/v1/compile/${FIRST_ID}/hex` },
  'compile-source.404': { url: `/v1/compile/${FIRST_ID}/source` },
  'compile-keymap.404': { url: `/v1/compile/${FIRST_ID}/keymap` },
  'compile-file.404': { url: `/v1/compile/${FIRST_ID}/download`, job: true },
  'keyboards.200': { url: '/v1/keyboards' },
  'keyboards-all.200': { url: '/v1/keyboards/all' },
  'keyboards-several.200': { url: '/v1/keyboards/planck/rev6,zoo' },
  'keyboard.200': { url: '/v1/keyboards/planck/rev6' },
  'keyboard.400': { url: `/v1/keyboards/${MANY}` },
  'keyboard.404': { url: '/v1/keyboards/nothing' },
  'keyboard.422': { url: '/v1/keyboards/broken/board' },
  'keyboard-readme.404': { url: '/v1/keyboards/zoo/readme' },
  'keyboard-keymap.200': { url: '/v1/keyboards/planck/rev6/keymaps/default' },
  'keyboard-keymap.404': { url: '/v1/keyboards/planck/rev6/keymaps/mine' },
  'keyboard-keymap-readme.404': { url: '/v1/keyboards/planck/rev6/keymaps/mine/readme' },
  'build_status.200': { url: '/v1/keyboards/build_status' },
  'build_summary.200': { url: '/v1/keyboards/build_summary' },
  'build_log.200': { url: '/v1/keyboards/build_log' },
  'error_log.200': { url: '/v1/keyboards/error_log' },
  'keyboard-build_log.200': { url: '/v1/keyboards/broken/board/build_log' },
  'keyboard-build_log.404': { url: '/v1/keyboards/zoo/build_log' },
  'usb.200': { url: '/v1/usb' },
  'usb_json.200': { url: '/v1/usb.json' },
  'metrics-keyboards.200': { url: '/v1/metrics/keyboards' },
  'metrics-keyboards-days.200': { url: '/v1/metrics/keyboards/days/7' },
  'metrics-keyboards-days.404': { url: '/v1/metrics/keyboards/days/all' },
  'metrics-locations.200': { url: '/v1/metrics/locations' },
  'metrics-locations-days.200': { url: '/v1/metrics/locations/days/7' },
  'metrics-locations-days.404': { url: '/v1/metrics/locations/days/-1' },
  'telemetry.200': text('/v1/telemetry'),
  'install.404': { url: '/install.sh' },
  'keyboard_list.200': { url: '/v1/keyboard_list.json' },
  'info_json.200': { url: '/v1/keyboards/planck/rev6/info.json' },
  'info_json.404': { url: '/v1/keyboards/nothing/info.json' },
  'info_json.422': { url: '/v1/keyboards/broken/board/info.json' },
  'readme_md.404': { url: '/v1/keyboards/zoo/readme.md' },
  'keymap_json.200': { url: '/v1/keyboards/planck/keymaps/default/keymap.json' },
  'keymap_json.404': { url: '/v1/keyboards/planck/keymaps/mine/keymap.json' },
  'keyboards_json.200': { url: '/v1/keyboards.json' },
  'keyboard_aliases.200': { url: '/v1/keyboard_aliases.json' },
  'keyboard_metadata.200': { url: '/v1/keyboard_metadata.json' },
  'constants_metadata.200': { url: '/v1/constants_metadata.json' },
  'constants-keycodes.200': { url: '/v1/constants/keycodes_0.0.1.json' },
  'constants-language.200': { url: '/v1/constants/keycodes_german_0.0.1.json' },
  'constants-module_hooks.200': { url: '/v1/constants/module_hooks/1.0.0.json' },
  'constants.404': { url: '/v1/constants/nothing.json' },
  'mappings.200': { url: '/v1/mappings/defaults.json' },
  'mappings.404': { url: '/v1/mappings/nothing.json' },
  'schemas.200': { url: '/v1/schemas/keyboard.jsonschema' },
  'schemas.404': { url: '/v1/schemas/nothing.jsonschema' },
  'templates.404': { url: '/v1/templates/nothing' },
  'tree-keyboard_list.200': { url: `${TREE}/v1/keyboard_list.json` },
  'tree-keyboard_list.404': { url: '/kiln/v1/trees/nothing/v1/keyboard_list.json' },
  'kiln-keyboards.200': { url: '/kiln/v1/keyboards?q=zoo' },
  'kiln-keyboards.400': { url: '/kiln/v1/keyboards?limit=many' },
  'kiln-trees.200': { url: '/kiln/v1/trees', headers: withToken },
  'kiln-trees.401': { url: '/kiln/v1/trees' },
  'kiln-catalogue.200': { url: '/kiln/v1/trees/qmk/catalogue' },
  'kiln-catalogue.404': { url: '/kiln/v1/trees/nothing/catalogue' },
  'kiln-refresh.202': { url: `${TREE}/catalogue/refresh`, body: {}, headers: withToken },
  'kiln-refresh.401': { url: `${TREE}/catalogue/refresh`, body: {} },
  'kiln-refresh.404': {
    url: '/kiln/v1/trees/nothing/catalogue/refresh',
    body: {},
    headers: withToken,
  },
  'any.400': { url: '/v1/keyboards/%zz' },
  'any.403': { url: '/v1', headers: { origin: 'https://evil.example' } },
  'any.404': { url: '/nothing' },
  'any.421': { url: '/v1', headers: { host: 'rebind.example' } },
};

const ORIGIN = 'http://localhost:5173';
const JOB = `/v1/compile/${FIRST_ID}`;

/** By the name of the file that has the headers: answers whose body is no JSON, or is left out. */
const HEADER_CASES: Readonly<Record<string, HeadersAsked>> = {
  'root.302': { url: '/' },
  'readme.200': { url: '/readme.md' },
  'compile-download.200': { url: `${JOB}/download` },
  'compile-hex.200': { url: `${JOB}/hex` },
  'compile-source.200': { url: `${JOB}/source` },
  'compile-keymap.200': { url: `${JOB}/keymap` },
  'keyboard-readme.200': { url: '/v1/keyboards/planck/rev6/readme' },
  'readme_md.200': { url: '/v1/keyboards/planck/rev6/readme.md' },
  'templates.200': { url: '/v1/templates/keyboard/readme.md' },
  'any-head.200': { url: '/v1', method: 'HEAD' },
  'any.304': { url: '/v1/keyboard_list.json', headers: { origin: ORIGIN }, again: true },
  'preflight.204': {
    url: '/v1/compile',
    method: 'OPTIONS',
    headers: {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  },
};

interface HeadersAsked {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'OPTIONS';
  readonly headers?: Record<string, string>;
  /** Asked twice, the second time with what the first answer is known by. */
  readonly again?: boolean;
}

async function headersOf({ url, method = 'GET', headers = {}, again = false }: HeadersAsked) {
  const service = createService({ settings: { allowedOrigins: [ORIGIN] } });
  await submitJob(service);
  await finishJob(service);
  const ask = (more: Record<string, string> = {}) =>
    service.app.inject({ method, url, headers: { ...OWN_HOST, ...headers, ...more } });
  const answer = await ask();
  return again ? ask({ 'if-none-match': String(answer.headers.etag) }) : answer;
}

async function answerOf({ url, body, headers = {}, job = false, queueLimit }: Asked) {
  const service = createService(queueLimit === undefined ? {} : { settings: { queueLimit } });
  if (job) await submitJob(service);
  return body === undefined ? service.get(url, headers) : service.post(url, body, headers);
}

describe('the shape of', () => {
  it.each(Object.entries(CASES))('%s is that of its golden file', async (name, asked) => {
    const answer = await answerOf(asked);
    const status = Number(name.split('.').at(-1));
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/(schema\+)?json; charset=utf-8$/);
    const shape = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
    expect(differences(answer.json(), shape)).toEqual([]);
    if (status >= 400) expect(answer.json().code).toBe(status);
  });

  it.each(Object.entries(HEADER_CASES))(
    'the headers of %s are those of its golden file',
    async (name, asked) => {
      const { statusCode: status, headers } = await headersOf(asked);
      const shape = JSON.parse(readFileSync(join(FOLDER, `${name}.headers.json`), 'utf8'));
      expect(name).toMatch(new RegExp(`\\.${status}$`));
      const others = { '…': 0 };
      expect(
        differences({ status, headers }, { ...shape, headers: { ...shape.headers, ...others } }),
      ).toEqual([]);
    },
  );

  it('every golden file is compared with an answer', () => {
    const files = readdirSync(FOLDER).filter((file) => /\.\d{3}\.(headers\.)?json$/.test(file));
    const compared = [
      ...Object.keys(CASES).map((name) => `${name}.json`),
      ...Object.keys(HEADER_CASES).map((name) => `${name}.headers.json`),
    ];
    expect(files.sort()).toEqual(compared.sort());
  });
});

describe('a shape', () => {
  it.each([
    ['another type', { a: 1 }, { a: 'text' }, ['answer.a is number, not a text']],
    ['null for a number', { a: null }, { a: 1 }, ['answer.a is null, not number']],
    ['a member too few', {}, { a: 1 }, ['answer.a is missing']],
    ['a member too many', { a: 1, b: 1 }, { a: 1 }, ['answer.b is unknown to the contract']],
    ['a list for an object', [], { a: 1 }, ['answer is a list, not an object']],
    ['an empty list', { a: [] }, { a: ['text'] }, ['answer.a is empty']],
    ['an item of another type', [1, 'x'], [1], ['answer[1] is string, not number']],
    ['another format', '2025-11-20', '2025-11-20 18:07:37 GMT', [/no a date/]],
    ['a key of another format', { x: 1 }, { '<id 0x0000>': 1 }, [/no a USB id/]],
    ['no keys', {}, { '<keyboard>': 1 }, ['answer has no keyboard']],
    ['other words', 'b', '=a', ['answer says: b']],
  ] as const)('notices %s', (_what, value, shape, expected) => {
    const found = differences(value, shape as never);
    expect(found).toHaveLength(expected.length);
    for (const [index, message] of expected.entries()) expect(found[index]).toMatch(message);
  });

  it.each([
    [{ a: 1 }, { a: 2, 'b?': 'text' }],
    [
      { a: 1, c: 1 },
      { a: 2, '…': 0 },
    ],
    [{}, { '<keyboard>?': 1 }],
    [
      { x: 'y', keycodes: 1 },
      { keycodes: 1, '<other>': 'text' },
    ],
    [[], []],
  ] as const)('takes %j', (value, shape) => {
    expect(differences(value, shape as never)).toEqual([]);
  });
});
