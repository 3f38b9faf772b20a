/** Texts of the keycode grammar, written down a second time and apart from the parser. */
import fc from 'fast-check';

const spaces = fc.constantFrom('', '', '', ' ', '  ');
/** Tokens with some spaces between and around them. */
const spaced = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.flatMap((part) => [spaces, part]), spaces).map((tokens) => tokens.join(''));
const word = (text: string) => fc.constant(text);
const call = (name: fc.Arbitrary<string>, ...inner: fc.Arbitrary<string>[]) =>
  spaced(name, word('('), ...inner, word(')'));

const numberTo = (most: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: most }), fc.constantFrom('d', 'x', 'X', '0x'))
    .map(([value, form]) => {
      const hex = value.toString(16);
      if (form === 'd') return String(value);
      if (form === 'x') return `0x${hex}`;
      return `0x${(form === 'X' ? hex.toUpperCase() : hex).padStart(4, '0')}`;
    });

const name = fc.oneof(
  fc.constantFrom('KC_A', 'KC_TRNS', '_______', 'XXXXXXX', 'QK_BOOT', 'KC__MUTE', 'MO', 'Foo9_'),
  fc.stringMatching(/^[A-Z][A-Za-z0-9_]{0,12}$/).filter((text) => !text.includes('GOES_HERE')),
);
const sides = ['L', 'R'];
const mod = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('MOD_', 'KC_'),
      fc.constantFrom(...sides),
      fc.constantFrom('CTL', 'SFT', 'ALT', 'GUI'),
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('MOD_MEH', 'MOD_HYPR'),
  numberTo(31),
);
const mods = fc
  .array(mod, { minLength: 1, maxLength: 3 })
  .chain((list) =>
    spaced(...list.flatMap((one, at) => (at === 0 ? [word(one)] : [word('|'), word(one)]))),
  );

const wrappers = [
  ...'CSAG',
  ...'LCTL LSFT LALT LGUI RCTL RSFT RALT RGUI LOPT LCMD LWIN ROPT RCMD RWIN'.split(' '),
  ...'LCS LCA LCG LSA LSG LAG LCSG LCAG LSAG RCS RCA RCG RSA RSG RAG RCSG RCAG RSAG'.split(' '),
  ...'ALGR SAGR SGUI SCMD SWIN HYPR MEH'.split(' '),
];
const taps = [
  ...'CTL_T SFT_T ALT_T GUI_T OPT_T CMD_T WIN_T C_S_T SH_T ALL_T'.split(' '),
  ...wrappers.slice(4).map((wrapper) => `${wrapper}_T`),
];
export const KEYCODE_CALL_NAMES: readonly string[] = [...wrappers, ...taps];

const expression = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    name,
    numberTo(0xffff),
    call(fc.constantFrom('MO', 'DF', 'PDF', 'TG', 'TO', 'TT', 'OSL'), numberTo(31)),
    call(word('LM'), numberTo(15), word(','), mods),
    call(word('OSM'), mods),
    call(fc.constantFrom('TD', 'UM', 'UC', 'SQ_S', 'SQ_R', 'SQ_T'), numberTo(0xffff)),
    call(word('UP'), numberTo(127), word(','), numberTo(127)),
    call(word('LT'), numberTo(15), word(','), tie('expression')),
    call(word('MT'), mods, word(','), tie('expression')),
    call(fc.constantFrom(...KEYCODE_CALL_NAMES), tie('expression')),
  ),
})).expression;

const depthOf = (text: string) => {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
};

/** Keycodes of all kinds, within the limits of length and nesting. */
export const keycodeText: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 4, arbitrary: expression },
    { weight: 1, arbitrary: call(word('ANY'), expression) },
  )
  .filter((text) => text.length <= 80 && depthOf(text) <= 6);
