/** What compilers, make and QMK print, on its way to people. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineDecoder, OutputRecorder } from '../../../core/process-output.ts';
import { cleanLine } from '../../../worker/build/build-log.ts';
import { findErrors, findSize, pointAtKey } from '../../../worker/build/diagnose.ts';
import { createProgressReader } from '../../../worker/build/qmk/progress.ts';
import { damaged, hostileText } from '../hostile.ts';
import { pure } from '../target.ts';

const LINES = [
  "quantum/a.c:9:1: error: 'KC_FOO' undeclared here (not in a function)",
  'a.S:2: Error: unknown opcode',
  ' * The firmware is too large! 33000/28672 (4328 bytes over)',
  ' * The firmware size is fine - 22172/28672 (77%, 6500 bytes free)',
  "/usr/lib/gcc/avr/ld: region `text' overflowed by 123 bytes",
  "main.c:(.text+0x1): undefined reference to `foo'",
  'make: *** [all] Error 1',
  'gmake[2]: *** No rule to make target. Stop.',
  'builddefs/x.mk:12: *** missing separator.  Stop.',
  '☒ Keymap kiln could not be found!',
  'Compiling: quantum/matrix.c          [OK]',
  'Linking: .build/x.elf',
  'Checking file size of x.hex',
  ' | a.c:1: error: x',
];
const line = fc.oneof(
  fc.constantFrom(...LINES),
  hostileText,
  fc.tuple(fc.constantFrom(...LINES), hostileText).map((parts) => parts.join('')),
);
const output = damaged(
  fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r', '\n\n'))
    .map(([lines, end]) => Uint8Array.from(Buffer.from(lines.join(end)))),
);

interface Input {
  readonly output: Uint8Array;
  /** Where the bytes were cut on their way. */
  readonly cuts: readonly number[];
}

function linesOf({ output: bytes, cuts }: Input, longest: number): string[] {
  const lines: string[] = [];
  const decoder = new LineDecoder((text) => lines.push(text), longest);
  const places = [...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, bytes.length]) {
    decoder.write(bytes.subarray(from, place));
    from = place;
  }
  decoder.end();
  return lines;
}

function check(input: Input): void {
  const whole = linesOf({ ...input, cuts: [] }, 1_000_000);
  assert.deepEqual(linesOf(input, 1_000_000), whole, 'lines depend on how the bytes came');
  for (const text of linesOf(input, 50)) assert.ok(text.length <= 50);

  const recorder = new OutputRecorder(200);
  const readProgress = createProgressReader();
  const secret = '/home/somebody/kiln';
  const clean = whole.map((text) => {
    const shown = cleanLine(`${secret}/x ${text}`, [[secret, '<kiln>']]);
    assert.doesNotMatch(shown.replaceAll('\t', ''), /\p{Cc}/u);
    assert.ok(shown.isWellFormed() && shown.length <= 4096 && !shown.includes(secret));
    recorder.add('stdout', shown);
    const progress = readProgress(text);
    if (progress !== null) {
      assert.ok((progress.fraction ?? 0) >= 0 && (progress.fraction ?? 0) < 1);
    }
    return cleanLine(text, []);
  });
  assert.ok(Buffer.byteLength(recorder.text()) <= 200 + 64);

  const layers = [['KC_A', 'KC_FOO'], ['foo']];
  for (const error of findErrors(clean)) {
    assert.ok(error.message.length > 0 || error.file !== undefined);
    const pointed = pointAtKey(error, layers);
    if (pointed.layer !== undefined) {
      assert.equal(pointed.keycode, layers[pointed.layer]?.[pointed.index ?? -1]);
    }
  }
  const size = findSize(clean);
  if (size !== null) assert.ok(size.used >= 0 && (size.limit ?? 0) >= 0);
}

const input: fc.Arbitrary<Input> = fc.record({
  output,
  cuts: fc.array(fc.nat(2000), { maxLength: 4 }),
});

export const target = pure('tool-output', input, check);
