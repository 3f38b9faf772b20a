/** Admission of the largest bodies that are read, each made to be slow at another place: none may keep a service busy. */
import { KilnError } from '../core/errors.ts';
import { admitKeymap } from '../core/keymap/admit.ts';
import { JSON_LIMITS } from '../core/keymap/strict-json.ts';
import { bytesOf, jsonWith } from '../test/unit/core/keymap/support.ts';
import { type BenchmarkOptions, type Figure, median } from './figure.ts';

const AIM_MS = 100;

const LARGEST: readonly [what: string, make: () => Uint8Array][] = [
  ['open brackets', () => bytesOf('['.repeat(JSON_LIMITS.bytes))],
  ['open objects', () => bytesOf('{"a":'.repeat(52_000))],
  ['spaces', () => bytesOf(' '.repeat(JSON_LIMITS.bytes))],
  ['lines', () => bytesOf('\n'.repeat(JSON_LIMITS.bytes))],
  ['one string without end', () => bytesOf(`"${'a'.repeat(JSON_LIMITS.bytes - 1)}`)],
  ['escapes', () => bytesOf(`"${'\\u0041'.repeat(43_600)}"x`)],
  ['half pairs', () => bytesOf(`"${'\\ud800'.repeat(43_600)}"`)],
  ['digits', () => bytesOf('1'.repeat(JSON_LIMITS.bytes))],
  [
    'a fault in the encoding at the end',
    () => {
      const bytes = bytesOf('é'.repeat(JSON_LIMITS.bytes / 2));
      bytes[bytes.length - 1] = 0xff;
      return bytes;
    },
  ],
  ['empty texts', () => bytesOf(`{"a":[${'"",'.repeat(87_000)}`)],
  ['zeros', () => bytesOf(`{"a":[${'0,'.repeat(131_000)}`)],
  ['members', () => bytesOf(`{"a":{${numbered(20_000, (at) => `"m${at}":0`)}}}`)],
  ['distinct keycodes', () => jsonWith({ layers: [numbers(24_000).map((at) => `K${at}`)] })],
  ['short keycodes', () => jsonWith({ layers: [Array(64_000).fill('0')] })],
  [
    'cut keycodes',
    () => jsonWith({ layers: [Array(11_000).fill('LT(2'), Array(11_000).fill('LT(2')] }),
  ],
  [
    'nested calls',
    () => jsonWith({ layers: [numbers(6_000).map((at) => `C(C(C(C(C(C(K${at}))))))`)] }),
  ],
  ['a keycode of spaces', () => jsonWith({ layers: [[`LT(${' '.repeat(250_000)}`, 'A)']] })],
  ['a long name', () => jsonWith({ keyboard: 'a/'.repeat(120_000) })],
  ['features', () => jsonWith({ config: { features: switches(18_000) } })],
  ['settings', () => jsonWith({ config: switches(18_000) })],
  ['macro text', () => jsonWith({ macros: [Array(60_000).fill('?')] })],
  ['encoders', () => jsonWith({ encoders: Array(80_000).fill([]) })],
];

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);
const numbered = (count: number, each: (at: number) => string) => numbers(count).map(each).join();
const switches = (count: number) =>
  Object.fromEntries(numbers(count).map((at) => [`f${at}`, true]));

/** Milliseconds until it is refused, or until it turns out to have too many keys for any keyboard. */
function time(bytes: Uint8Array): number {
  const startedAt = performance.now();
  try {
    admitKeymap(bytes);
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
  }
  return performance.now() - startedAt;
}

export async function* benchmark({ runs }: BenchmarkOptions): AsyncGenerator<Figure> {
  for (const [what, make] of LARGEST) {
    const bytes = make();
    const times = Array.from({ length: runs }, () => time(bytes));
    const figure = `${what}, ${Math.round(bytes.length / 1024)} KiB`;
    yield { figure, value: median(times), unit: 'ms', runs: times, target: AIM_MS };
  }
}
