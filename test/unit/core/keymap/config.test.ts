import { describe, expect, it } from 'vitest';
import { admitConfig, featuresOf } from '../../../../core/keymap/config.ts';
import { CONFIG_RULES, type ConfigRule } from '../../../../core/keymap/config-rules.ts';
import type { JsonValue } from '../../../../core/keymap/strict-json.ts';
import { refusalOf } from './support.ts';

const against = (config: unknown) => refusalOf(() => admitConfig(config as JsonValue));

/** `{a: {b: value}}` for the path a.b. */
const at = (path: string, value: unknown): unknown =>
  path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);

/** Every single setting with its rule. */
function settings(rules: Readonly<Record<string, ConfigRule>>, path = ''): [string, ConfigRule][] {
  return Object.entries(rules).flatMap(([name, rule]): [string, ConfigRule][] =>
    rule.kind === 'group' ? settings(rule.members, `${path}${name}.`) : [[path + name, rule]],
  );
}

/** Values inside and outside of a rule. */
function samples(rule: ConfigRule): { good: unknown[]; bad: unknown[] } {
  const text = ['x\n$(shell id)', '1', '', 'yes', null, [], {}, [1]];
  switch (rule.kind) {
    case 'flag':
      return { good: [true, false], bad: [...text, 0, 1] };
    case 'integer':
      return {
        good: [rule.least, rule.most],
        bad: [...text, true, rule.least - 1, rule.most + 1, rule.least + 0.5],
      };
    case 'word':
      return { good: [...rule.words], bad: [...text, true, 1, 'toString'] };
    case 'effect':
      return {
        good: ['rainbow_swirl', 'a'],
        bad: [...text.filter((t) => t !== 'yes'), 1, 'A', 'a-b'],
      };
    case 'switches':
      return {
        good: [{}, { rgb_test: true, snake: false }],
        bad: [
          ...text.filter((t) => JSON.stringify(t) !== '{}'),
          { a: 1 },
          { 'a\n': true },
          { A: true },
        ],
      };
    case 'group':
      throw new Error('A group is not a setting.');
  }
}

describe('config', () => {
  it.each(settings(CONFIG_RULES))('takes %s within its range, and nothing else', (path, rule) => {
    const { good, bad } = samples(rule);
    for (const value of good)
      expect(admitConfig(at(path, value) as JsonValue)).toEqual(at(path, value));
    for (const value of bad) {
      const { code, member } = against(at(path, value));
      expect([code, member]).toEqual(['keymap.refused', 'config']);
    }
  });

  it('comes out in the order of the rules, switches by name', () => {
    const config = {
      tapping: { term: 200, force_hold: true },
      features: { rgblight: true, encoder_map: false },
      backlight: { levels: 3 },
    };
    expect(JSON.stringify(admitConfig(config))).toBe(
      '{"backlight":{"levels":3},"features":{"encoder_map":false,"rgblight":true},"tapping":{"force_hold":true,"term":200}}',
    );
  });

  it.each([
    'processor',
    'bootloader',
    'board',
    'pin_compatible',
    'platform_key',
    'development_board',
    'usb',
    'matrix_pins',
    'diode_direction',
    'split',
    'layouts',
    'layout_aliases',
    'community_layouts',
    'eeprom',
    'joystick',
    'build.firmware_format',
    'backlight.pin',
    'backlight.driver',
    'audio.pins',
    'rgblight.pin',
    'ws2812',
    'rgb_matrix.driver',
    'some_pin',
    'encoder.rotary',
  ])('may not set %s, which changes the device', (path) => {
    const refused = against(at(path, '$(shell id)'));
    expect(refused).toMatchObject({ status: 422, rule: 'config.device', index: path.split('.') });
    expect(refused.message).toContain('changes which device the image is for');
  });

  it.each(['keyboard_name', 'manufacturer', 'url'])('may not set the free text %s', (name) => {
    expect(against({ [name]: 'x' })).toMatchObject({ rule: 'config.text', index: [name] });
  });

  it.each([
    'nothing_such',
    '__proto__',
    'constructor',
    'toString',
    'tapping.term_',
    'rgblight.animation',
    'secure.unlock_sequence',
    'bootmagic.matrix',
    'build.debounce_type',
    'host.default.other',
  ])('may not set %s, which it does not know', (path) => {
    const config = JSON.parse(JSON.stringify(at(path, 1)));
    expect(against(config)).toMatchObject({ rule: 'config.unknown' });
  });

  it('does not repeat an unknown name as it came', () => {
    const { message, index } = against({ tapping: { '<x>\n_pin': 1 } });
    expect(message).toContain('`\\u003cx\\u003e\\u000a_pin` in config.tapping');
    expect(index).toEqual(['tapping', '\\u003cx\\u003e\\u000a_pin']);
  });

  it('takes 64 features and not lto', () => {
    const features = (count: number) => ({
      features: Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, true])),
    });
    expect(featuresOf(admitConfig(features(64)))).toHaveLength(64);
    expect(against(features(65))).toMatchObject({ rule: 'config.count', index: ['features'] });
    expect(against({ features: { lto: true } })).toMatchObject({ rule: 'config.feature' });
    expect(admitConfig({ build: { lto: true } })).toEqual({ build: { lto: true } });
  });

  it.each([null, [], 'x', 1, { tapping: 1 }, { rgblight: { default: [] } }])(
    'is made of objects, not %j',
    (config) => {
      expect(against(config)).toMatchObject({ rule: 'config.shape' });
    },
  );
});
