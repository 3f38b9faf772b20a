/**
 * Every route of the OpenAPI document with hostile parameters, headers and bodies: no answer says that Kiln is at
 * fault, each has a documented status, type and shape, and nothing of a request becomes a header.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { createApp } from '../../../api/app.ts';
import { openDatabase } from '../../../core/db/database.ts';
import { createSqliteQueue } from '../../../core/queue/sqlite/sqlite-queue.ts';
import {
  createDependencies,
  finishJob,
  KEYMAP,
  submitJob,
  TOKEN,
} from '../../fixtures/api/service.ts';
import { damagedText, hostileText } from '../hostile.ts';
import type { FuzzTarget } from '../target.ts';

interface Shape {
  readonly type?: string;
}
interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Operation {
  readonly responses: Readonly<Record<string, Answer>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

const DOCUMENT = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../api/openapi.json'), 'utf8'),
) as Document;
const METHODS = ['get', 'post', 'put', 'delete'] as const;
const ROUTES = Object.entries(DOCUMENT.paths).flatMap(([path, operations]) =>
  METHODS.filter((method) => method in operations).map((method) => ({ path, method })),
);
const LARGE = 300 * 1024;

interface Input {
  readonly path: string;
  readonly method: (typeof METHODS)[number];
  /** In the place of the path's parameters, in order; escaped where `escaped`, else as they are. */
  readonly values: readonly string[];
  readonly escaped: boolean;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** As a header may come: the HTTP parser lets no control character through. */
const headerText = hostileText.map((text) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, ''));
const header = (...usual: string[]) => fc.oneof(fc.constantFrom(...usual), headerText);
const headers = fc.record(
  {
    host: header(
      'localhost:5001',
      'localhost:5001',
      '127.0.0.1:5001',
      '[::1]:5001',
      'evil.example',
    ),
    origin: header('http://localhost:5001', 'https://config.qmk.fm', 'null', 'http://evil.example'),
    authorization: header(`Bearer ${TOKEN}`, 'Bearer wrong', 'Basic x'),
    'content-type': header('application/json', 'application/json; charset=utf-8', 'text/plain'),
    'content-encoding': header('identity', 'gzip'),
    'accept-encoding': header('gzip', 'br, gzip;q=0', '*'),
    'if-none-match': header('*', 'W/"x"', '"a", "b"'),
    'if-modified-since': header('Thu, 20 Nov 2025 18:03:14 GMT', 'x'),
    'last-event-id': header('0', '99999999999999999999', '-1'),
    range: header('bytes=0-1', 'bytes=5-', 'bytes=-1,0-0'),
    'sec-fetch-site': header('same-origin', 'cross-site'),
    'x-forwarded-proto': header('https'),
    'x-forwarded-host': header('evil.example'),
  },
  { requiredKeys: [] },
);
const parameter = fc.oneof(
  fc.constantFrom(
    ...['ENDED', 'ENDED', 'QUEUED', 'f'.repeat(32), 'F'.repeat(32), 'qmk', 'vial', '7', '0', '-1'],
    ...['planck/rev6', 'old_planck', 'broken/board', 'planck/rev6/info.json', 'planck/rev6/readme'],
    ...['keycodes_0.0.1.json', 'keycodes/german', 'keyboard/readme.md', 'defaults.json', '..', '.'],
  ),
  hostileText,
);
const body = fc.oneof(
  damagedText(fc.constant(JSON.stringify(KEYMAP))),
  fc.constantFrom('[[{"w":2},"A"]]', '{"raw":"[\\"A\\"]"}', '{"id":"A"}', '{}', '[]', 'null', ''),
  fc.json(),
  hostileText,
  fc.constant('x'.repeat(LARGE)),
);

const input: fc.Arbitrary<Input> = fc
  .record({
    route: fc.constantFrom(...ROUTES),
    method: fc.oneof(
      { weight: 9, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
    ),
    values: fc.array(parameter, { minLength: 2, maxLength: 2 }),
    escaped: fc.boolean(),
    query: fc.oneof(
      fc.constantFrom('', 'q=pad', 'limit=5', 'limit=-1', 'q=a&q=b', '__proto__[x]=1', 'a[]=1'),
      fc.dictionary(fc.constantFrom('q', 'limit', 'x'), hostileText).map((values) =>
        Object.entries(values)
          .map(([name, value]) => `${name}=${escapeText(value)}`)
          .join('&'),
      ),
    ),
    headers,
    body: fc.option(body),
  })
  .map(({ route, method, ...rest }) => ({
    ...rest,
    path: route.path,
    method: method ?? route.method,
  }));

function escapeText(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What can stand in a request line as it is. */
function urlSafe(text: string): string {
  return text.replace(/[^\x21-\x7e]|[?#]/g, '_');
}

function urlOf({ path, values, escaped, query }: Input): string {
  let next = 0;
  const filled = path.replace(/\{\w+\}/g, () => {
    const value = values[next++ % values.length] ?? '';
    return escaped ? escapeText(value) : urlSafe(value);
  });
  return query === '' ? filled : `${filled}?${query}`;
}

class Shapes {
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });
  readonly #known = new Map<string, ValidateFunction>();

  constructor() {
    this.#ajv.addSchema({ $id: 'document', ...DOCUMENT });
  }

  /** @throws when an answer is none that the document describes. */
  check({ path, method }: Input, status: number, type: string, payload: string): void {
    const answer = DOCUMENT.paths[path]?.[method]?.responses[status];
    const where = `${method} ${path} ${status}`;
    assert.ok(answer, `${where} is not in the document: ${payload.slice(0, 200)}`);
    if (status === 304) return;
    const contents = Object.entries(answer.content ?? {});
    assert.ok(
      contents.some(([name]) => type.startsWith(name)),
      `${where} has the type ${type}, not one of ${contents.map(([name]) => name)}`,
    );
    if (!type.startsWith('application/json')) return;
    // A file that somebody downloads is described as the text that it is.
    const { type: described } = (answer.content?.['application/json']?.schema ?? {}) as Shape;
    if (described === 'string') return;
    const escapeStep = (step: string) => step.replaceAll('~', '~0').replaceAll('/', '~1');
    const steps = ['paths', path, method, 'responses', String(status), 'content'];
    const pointer = [...steps, 'application/json', 'schema'].map(escapeStep).join('/');
    const validate = this.#known.get(pointer) ?? this.#compile(pointer);
    assert.ok(
      validate(JSON.parse(payload)),
      `${where}: ${this.#ajv.errorsText(validate.errors)}: ${payload.slice(0, 200)}`,
    );
  }

  #compile(pointer: string): ValidateFunction {
    const validate = this.#ajv.compile({ $ref: `document#/${encodeURI(pointer)}` });
    this.#known.set(pointer, validate);
    return validate;
  }
}

/** A busy service: one job ended, one waits, and few more may. */
async function openApp() {
  const database = openDatabase(':memory:');
  const queue = createSqliteQueue({ database, queueLimit: 4 });
  const { dependencies, store, close } = createDependencies({ replace: { queue } });
  const submitted = await submitJob({ queue });
  const ended = await finishJob({ queue, store });
  assert.equal(ended, submitted);
  const queued = await submitJob({ queue });
  const app = createApp(dependencies);
  await app.ready();
  return {
    app,
    ended,
    queued,
    async close() {
      await app.close();
      await queue.close();
      database.close();
      await close();
    },
  };
}

export const target: FuzzTarget<Input> = {
  name: 'http',
  input,
  async open() {
    const { app, ended, queued, close } = await openApp();
    const shapes = new Shapes();
    const idOf = (value: string) =>
      value === 'ENDED' ? ended : value === 'QUEUED' ? queued : value;
    return {
      close,
      async check(given) {
        // The story of a job that waits has no end, and an injected request waits for it.
        const isStory = given.path.endsWith('/events');
        const values = given.values
          .map((value) => (isStory && value === 'QUEUED' ? 'ENDED' : value))
          .map(idOf);
        const answer = await app.inject({
          method: given.method.toUpperCase() as 'GET',
          url: urlOf({ ...given, values }),
          headers: { host: 'localhost:5001', ...given.headers },
          ...(given.body === null ? {} : { payload: given.body }),
        });
        const { statusCode, payload } = answer;
        const where = `${given.method} ${urlOf({ ...given, values })}`;
        if (statusCode === 503) assert.ok(Number(answer.headers['retry-after']) > 0, where);
        else assert.ok(statusCode < 500, `${where} was answered with ${statusCode}: ${payload}`);
        assert.equal(answer.headers['x-content-type-options'], 'nosniff', where);
        assert.equal(answer.headers['x-injected'], undefined, where);
        for (const [name, value] of Object.entries(answer.headers)) {
          assert.doesNotMatch(String(value), /[\r\n\0]/, `${where}: ${name}`);
        }
        if (answer.headers['content-encoding'] !== undefined) return;
        if (!String(answer.headers['content-type'] ?? '').startsWith('application/json')) return;
        const { message = '' } = JSON.parse(payload) as { message?: string };
        if (statusCode >= 400) assert.doesNotMatch(message.replaceAll('\n', ''), /\p{Cc}/u);
        // A value may have led to another route, or to none.
        const isOwnRoute = values.every((value) => /^[\w-]+$/.test(value));
        const isDescribed = DOCUMENT.paths[given.path]?.[given.method] !== undefined;
        if (isOwnRoute && isDescribed) {
          shapes.check(given, statusCode, String(answer.headers['content-type']), payload);
        }
      },
    };
  },
};
