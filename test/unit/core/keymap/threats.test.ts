/** One hostile keymap at least for each class of threat that a body can carry; T1, T2… number the classes. */
import { describe, expect, it } from 'vitest';
import { admitKeymap } from '../../../../core/keymap/admit.ts';
import { hostileKeymaps } from '../../../fixtures/hostile/keymaps.ts';
import { admit, bytesOf, refusalOf } from './support.ts';

const HOSTILE = hostileKeymaps({ secretFile: '/etc/passwd', marker: '/tmp/pwned' });

describe('a hostile keymap', () => {
  it.each(HOSTILE)('is refused for $what ($threat)', ({ members, rule }) => {
    const refused = refusalOf(() => admit(members));
    expect(refused).toMatchObject({ code: 'keymap.refused', status: 422, rule });
    expect(refused.message).toMatch(/^[^\p{Cc}<>]+$/u);
  });

  it.each([
    ['a comment', '{"keyboard":"a" /* x */}'],
    ['HJSON', '{keyboard: a}'],
    ['a number that is none', '{"keyboard":NaN}'],
    ['a duplicate member', '{"keymap":"fine","keym\\u0061p":"$(shell id)"}'],
    ['a byte order mark', '\uFEFF{}'],
    ['half a surrogate pair', '{"keymap":"\\ud800"}'],
    ['a duplicate prototype', '{"__proto__":1,"__proto__":2}'],
  ])('is no JSON with %s (T13)', (_, text) => {
    expect(refusalOf(() => admitKeymap(bytesOf(text)))).toMatchObject({
      code: 'request.invalid-json',
      status: 400,
    });
  });
});
