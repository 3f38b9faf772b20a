/** The grammar of keycodes: what is accepted goes into C as it is. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  identifiersOf,
  type Keycode,
  parseKeycode,
  printKeycode,
} from '../../../core/keymap/keycode.ts';
import { readKeycodeTable } from '../../../worker/build/starter/keycode-names.ts';
import { keycodeValue } from '../../../worker/build/starter/keycode-value.ts';
import { keycodes } from '../../fixtures/starter-build/build.ts';
import { keycodeText } from '../../unit/core/keymap/keycode-arbitrary.ts';
import { damagedText, hostileText } from '../hostile.ts';
import { pure } from '../target.ts';

const names = readKeycodeTable(keycodes);

/** Balanced, as the C preprocessor splits arguments: a comma outside of parentheses would be two keycodes. */
function isOneArgument(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0 || (depth === 0 && character === ',')) return false;
  }
  return depth === 0;
}

/** Layers may come out in another notation than they came in. */
function withoutNumbers(text: string): string {
  return text.replace(/\b(?:0x[0-9A-Fa-f]+|\d+)\b/g, '#');
}

function checkAccepted(text: string, keycode: Keycode): void {
  assert.match(text, /^[A-Za-z0-9_(),| ]{1,80}$/);
  const printed = printKeycode(keycode);
  assert.ok(printed.length <= text.length);
  assert.equal(withoutNumbers(printed), withoutNumbers(text.replaceAll(' ', '')));
  assert.ok(isOneArgument(printed), 'not one argument of a macro');
  const again = parseKeycode(printed);
  assert.deepEqual(again.keycode, keycode);
  for (const name of identifiersOf(keycode)) {
    assert.match(name, /^(?:_______|[A-Z][A-Za-z0-9_]{0,47})$/);
    assert.doesNotMatch(name, /GOES_HERE__/);
  }
  // The other reader of the same tree ends too, with a number or a reason.
  const value = keycodeValue(keycode, names);
  if (value.ok) assert.ok(value.value >= 0 && value.value <= 0xffff);
}

function check(text: string): void {
  const { keycode, problem } = parseKeycode(text);
  if (problem === null) {
    checkAccepted(text, keycode);
    return;
  }
  assert.ok(problem.at >= 0 && problem.at <= text.length);
  assert.doesNotMatch(problem.reason, /[\p{Cc}<>]/u);
}

export const target = pure(
  'keycode',
  fc.oneof(damagedText(keycodeText), hostileText, keycodeText),
  check,
);
