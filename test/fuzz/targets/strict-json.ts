/** The reader of requests, against `JSON.parse`. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KilnError } from '../../../core/errors.ts';
import { parseStrictJson } from '../../../core/keymap/strict-json.ts';
import { damaged, hostileText } from '../hostile.ts';
import { pure } from '../target.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

const jsonText = fc.oneof(
  fc.json({ maxDepth: 6 }),
  fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.stringify(value, null, 2)),
  fc.dictionary(hostileText, fc.jsonValue({ maxDepth: 2 })).map((value) => JSON.stringify(value)),
  fc
    .tuple(fc.constantFrom('[', '{"a":', ' ', '[1,', '"\\u', '-', '1'), fc.nat(20))
    .map(([part, count]) => part.repeat(count)),
);

/** Rules by which text is refused that is JSON all the same. */
const STRICTER = [
  'json.encoding',
  'json.nesting',
  'json.duplicate-member',
  'json.surrogate',
  'json.number',
  'json.root-members',
];

/** With a reviver Node takes another way through its parser: the plain one mixes up names now and then. */
function lenient(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text, (_name, value: unknown) => value) };
  } catch {
    return null;
  }
}

/** Own members only, in order, so that prototypes do not matter. */
const plain = (value: unknown): unknown =>
  value !== null && typeof value === 'object'
    ? Array.isArray(value)
      ? value.map(plain)
      : Object.entries(value).map(([name, inner]) => [name, plain(inner)])
    : value;

function check(bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    const value = parseStrictJson(bytes);
    assert.equal(Buffer.from(text).equals(bytes), true, 'not UTF-8, yet accepted');
    const other = lenient(text);
    assert.notEqual(other, null, 'accepted, but no JSON');
    // Object.entries leaves __proto__ out where a reviver set it; such texts have no second opinion.
    if (!/__proto__|\\u005f/i.test(text)) assert.deepEqual(plain(value), plain(other?.value));
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    assert.match(error.code, /^request\.(?:invalid-json|too-large)$/);
    assert.doesNotMatch(error.message, /\p{Cc}/u);
    const rule = String(error.details?.rule);
    if (!STRICTER.includes(rule)) assert.equal(lenient(text), null, `JSON, but refused: ${rule}`);
  }
}

export const target = pure('strict-json', damaged(jsonText.map(bytesOf)), check);
