/**
 * The starter firmware's engine, debouncing and report queue, compiled for this machine. Scenarios are
 * written as `10 +a`, key a goes down at 10 ms, and `60 -a`, it goes up at 60 ms.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, type Engine, openEngine } from '../fixtures/starter-engine/engine.ts';

let engine: Engine;
const type: Engine['type'] = (...input) => engine.type(...input);
const run: Engine['run'] = (...input) => engine.run(...input);

beforeAll(() => {
  engine = openEngine();
});

afterAll(() => {
  engine.close();
});

describe('plain keys', () => {
  it('are reported while they are down', () => {
    expect(type([{ a: 'KC_A' }], ['10 +a', '60 -a'])).toEqual(['10 A', '60 nothing']);
  });

  it('are reported together, whatever the order of their releases', () => {
    const events = ['0 +a', '10 +b', '20 -a', '30 -b'];
    expect(type([{ a: 'KC_A', b: 'KC_B' }], events)).toEqual([
      '0 A',
      '10 A+B',
      '20 B',
      '30 nothing',
    ]);
  });

  it('stay reported until the last of two keys with the same keycode goes up', () => {
    const events = ['0 +a', '10 +b', '20 -a', '30 -b'];
    expect(type([{ a: 'KC_A', b: 'KC_A' }], events)).toEqual(['0 A', '30 nothing']);
  });

  it('do nothing where the keymap says XXXXXXX, or is transparent down to the bottom', () => {
    expect(type([{ a: 'XXXXXXX', b: '_______' }], ['0 +a', '10 -a', '20 +b', '30 -b'])).toEqual([]);
  });

  it('are reported as too many from the seventh on, with the modifiers kept', () => {
    const letters = [...'abcdefg'];
    const keymap = Object.fromEntries(letters.map((key) => [key, `KC_${key.toUpperCase()}`]));
    const down = letters.map((key, at) => `${10 + at} +${key}`);
    expect(
      type([{ ...keymap, s: 'KC_LSFT' }], ['0 +s', ...down, '50 -a', '60 -s']).slice(-4),
    ).toEqual([
      '15 LSFT+A+B+C+D+E+F',
      '16 LSFT+TOO_MANY+TOO_MANY+TOO_MANY+TOO_MANY+TOO_MANY+TOO_MANY',
      '50 LSFT+B+C+D+E+F+G',
      '60 B+C+D+E+F+G',
    ]);
  });
});

describe('modifiers', () => {
  it('have a bit each', () => {
    const keys = { a: 'KC_LCTL', b: 'KC_RALT', c: 'KC_RGUI' };
    expect(type([keys], ['0 +a', '1 +b', '2 +c', '9 -a'])).toEqual([
      '0 LCTL',
      '1 LCTL+RALT',
      '2 LCTL+RALT+RGUI',
      '9 RALT+RGUI',
    ]);
  });

  it('around a keycode go down before its key and up after it', () => {
    expect(type([{ a: 'LSFT(KC_1)' }], ['0 +a', '50 -a'])).toEqual([
      '0 LSFT',
      '0 LSFT+1',
      '50 LSFT',
      '50 nothing',
    ]);
  });

  it('around each other all apply, on the side that the outer one names', () => {
    expect(
      type([{ a: 'LCTL(LALT(KC_DEL))', b: 'RCTL(RSFT(KC_A))' }], ['0 +a', '9 -a', '20 +b']),
    ).toEqual([
      '0 LCTL+LALT',
      '0 LCTL+LALT+DEL',
      '9 LCTL+LALT',
      '9 nothing',
      '20 RCTL+RSFT',
      '20 RCTL+RSFT+A',
    ]);
  });

  it('around a keycode do not reach the next key when typing fast', () => {
    expect(type([{ a: 'KC_EXLM', b: 'KC_B' }], ['0 +a', '30 +b', '40 -a', '60 -b'])).toEqual([
      '0 LSFT',
      '0 LSFT+1',
      '30 1',
      '30 1+B',
      '40 B',
      '60 nothing',
    ]);
  });

  it('around a modifier are held with it', () => {
    expect(type([{ a: 'LCTL(KC_LSFT)', b: 'KC_B' }], ['0 +a', '10 +b', '20 -b', '30 -a'])).toEqual([
      '0 LCTL+LSFT',
      '10 LCTL+LSFT+B',
      '20 LCTL+LSFT',
      '30 nothing',
    ]);
  });
});

describe('layers', () => {
  const layers = [
    { a: 'KC_A', b: 'KC_B', m: 'MO(1)', t: 'TG(1)', o: 'TO(2)', d: 'DF(2)', h: 'TO(0)' },
    { a: 'KC_1', b: '_______', h: 'TO(0)' },
    { a: 'KC_2', o: 'TO(0)', d: 'DF(0)' },
  ];

  it('are on while MO is down, and let transparent keys through', () => {
    const events = ['0 +m', '10 +a', '20 -a', '30 +b', '40 -b', '50 -m', '60 +a'];
    expect(type(layers, events)).toEqual(['10 1', '20 nothing', '30 B', '40 nothing', '60 A']);
  });

  it('do not matter to a key that is already down', () => {
    expect(type(layers, ['0 +m', '10 +a', '20 -m', '30 +b', '40 -a'])).toEqual([
      '10 1',
      '30 1+B',
      '40 B',
    ]);
    expect(type(layers, ['0 +a', '10 +m', '20 -a', '30 +a'])).toEqual([
      '0 A',
      '20 nothing',
      '30 1',
    ]);
  });

  it('stay on after TG until the next TG', () => {
    const tap = (time: number, key: string) => [`${time} +${key}`, `${time + 5} -${key}`];
    const events = [...tap(0, 't'), ...tap(10, 'a'), ...tap(20, 't'), ...tap(30, 'a')];
    expect(type(layers, events)).toEqual(['10 1', '15 nothing', '30 A', '35 nothing']);
  });

  it('are switched by TO, which turns the others off', () => {
    const events = ['0 +t', '5 -t', '10 +o', '15 -o', '20 +a', '30 -a', '40 +o', '45 -o', '50 +a'];
    expect(type(layers, events)).toEqual(['20 2', '30 nothing', '50 A']);
  });

  it('are left by TO from within MO at once', () => {
    const events = ['0 +m', '10 +h', '20 -h', '30 +a', '40 -m', '50 -a', '60 +a'];
    expect(type(layers, events)).toEqual(['30 A', '50 nothing', '60 A']);
  });

  it('have another bottom after DF, below which layer 0 still shows through', () => {
    const events = ['0 +d', '5 -d', '10 +a', '20 -a', '30 +b', '40 -b', '50 +d', '55 -d', '60 +a'];
    expect(type(layers, events)).toEqual(['10 2', '20 nothing', '30 B', '40 nothing', '60 A']);
  });

  it('come with modifiers under LM', () => {
    const keymap = [{ a: 'KC_A', l: 'LM(1,MOD_LALT)' }, { a: 'KC_TAB' }];
    expect(type(keymap, ['0 +l', '10 +a', '20 -a', '30 -l', '40 +a'])).toEqual([
      '0 LALT',
      '10 LALT+TAB',
      '20 LALT',
      '30 nothing',
      '40 A',
    ]);
  });

  it('beyond those of the keymap are transparent', () => {
    expect(type([{ a: 'KC_A', m: 'MO(31)' }], ['0 +m', '10 +a'])).toEqual(['10 A']);
  });
});

describe('dual-role keys', () => {
  const layers = [
    { a: 'KC_A', c: 'LCTL_T(KC_C)', l: 'LT(1,KC_L)', s: 'MT(MOD_RSFT|MOD_RALT,KC_S)' },
    { a: 'KC_1' },
  ];

  it('tap when they are released within the tapping term', () => {
    expect(type(layers, ['0 +c', '199 -c'])).toEqual(['199 C', '199 nothing']);
  });

  it('hold from the tapping term on', () => {
    expect(type(layers, ['0 +c', '500 -c'])).toEqual(['200 LCTL', '500 nothing']);
    expect(type(layers, ['0 +s', '500 -s'])).toEqual(['200 RSFT+RALT', '500 nothing']);
  });

  it('hold a layer with LT, and tap its key otherwise', () => {
    expect(type(layers, ['0 +l', '250 +a', '260 -a', '300 -l'])).toEqual(['250 1', '260 nothing']);
    expect(type(layers, ['0 +l', '100 -l'])).toEqual(['100 L', '100 nothing']);
  });

  it('that are held when another key waits apply to it', () => {
    expect(type(layers, ['0 +c', '50 +a', '250 -a', '300 -c'])).toEqual([
      '200 LCTL',
      '200 LCTL+A',
      '250 LCTL',
      '300 nothing',
    ]);
    expect(type(layers, ['0 +l', '50 +a', '250 -a', '300 -l'])).toEqual(['200 1', '250 nothing']);
  });

  it('tap in the order of typing when another key comes in between', () => {
    expect(type(layers, ['0 +c', '50 +a', '100 -c', '150 -a'])).toEqual([
      '100 C',
      '100 A+C',
      '100 A',
      '150 nothing',
    ]);
    expect(type(layers, ['0 +c', '50 +a', '100 -a', '150 -c'])).toEqual([
      '150 C',
      '150 A+C',
      '150 C',
      '150 nothing',
    ]);
  });

  it('hold on a nested key with permissive hold', () => {
    const config = { tapping: { permissive_hold: true } };
    expect(type(layers, ['0 +c', '50 +a', '100 -a', '150 -c'], config)).toEqual([
      '100 LCTL',
      '100 LCTL+A',
      '100 LCTL',
      '150 nothing',
    ]);
    expect(type(layers, ['0 +c', '50 +a', '100 -c', '150 -a'], config).slice(0, 2)).toEqual([
      '100 C',
      '100 A+C',
    ]);
  });

  it('hold as soon as another key goes down with hold on other key press', () => {
    const config = { tapping: { hold_on_other_key_press: true } };
    expect(type(layers, ['0 +c', '50 +a', '100 -c', '150 -a'], config)).toEqual([
      '50 LCTL',
      '50 LCTL+A',
      '100 A',
      '150 nothing',
    ]);
  });

  it('take the tapping term from the keymap', () => {
    expect(type(layers, ['0 +c', '80 -c'], { tapping: { term: 50 } })).toEqual([
      '50 LCTL',
      '80 nothing',
    ]);
  });

  it('repeat their tap when pressed again right after a tap', () => {
    expect(type(layers, ['0 +c', '50 -c', '100 +c', '900 -c'])).toEqual([
      '50 C',
      '50 nothing',
      '100 C',
      '900 nothing',
    ]);
    expect(type(layers, ['0 +c', '50 -c', '250 +c', '900 -c'])).toEqual([
      '50 C',
      '50 nothing',
      '450 LCTL',
      '900 nothing',
    ]);
  });

  it('do not repeat their tap when another key came in between', () => {
    const events = ['0 +c', '20 -c', '30 +a', '40 -a', '60 +c', '500 -c'];
    expect(type(layers, events).slice(-2)).toEqual(['260 LCTL', '500 nothing']);
  });

  it('do not delay the release of a key that was down before', () => {
    expect(type(layers, ['0 +a', '50 +c', '60 -a', '100 -c'])).toEqual([
      '0 A',
      '60 nothing',
      '100 C',
      '100 nothing',
    ]);
  });

  it('can be held several at once', () => {
    expect(type(layers, ['0 +c', '10 +s', '300 +a', '310 -a', '320 -c', '330 -s'])).toEqual([
      '200 LCTL',
      '210 LCTL+RSFT+RALT',
      '300 LCTL+RSFT+RALT+A',
      '310 LCTL+RSFT+RALT',
      '320 RSFT+RALT',
      '330 nothing',
    ]);
  });

  it('work across the wrap-around of the clock', () => {
    expect(type(layers, ['65500 +c', '65600 -c', '131000 +c', '131300 -c'])).toEqual([
      '65600 C',
      '65600 nothing',
      '131200 LCTL',
      '131300 nothing',
    ]);
  });

  it('lose no event when more keys wait than the queue holds', () => {
    const taps = Array.from({ length: 10 }, (_, at) => [`${10 + 2 * at} +a`, `${11 + 2 * at} -a`]);
    const output = type(layers, ['0 +c', ...taps.flat(), '300 -c']);
    expect(output.filter((line) => line.endsWith('LCTL+A'))).toHaveLength(10);
    expect(output.at(-1)).toBe('300 nothing');
  });
});

describe('media keys', () => {
  it('send usages of the consumer page', () => {
    const keys = { a: 'KC_VOLU', b: 'KC_MPLY', c: 'KC_CALC', d: 'KC_BRID', e: 'KC_LPAD' };
    const down = [...'abcde'].flatMap((key, at) => [
      `${at * 10} +${key}`,
      `${at * 10 + 5} -${key}`,
    ]);
    expect(type([keys], down).filter((line) => !line.endsWith('0000'))).toEqual([
      '0 consumer 00e9',
      '10 consumer 00cd',
      '20 consumer 0192',
      '30 consumer 0070',
      '40 consumer 02a0',
    ]);
  });

  it('are released, and an older one does not release a newer one', () => {
    const events = ['0 +a', '10 +b', '20 -a', '30 -b'];
    expect(type([{ a: 'KC_VOLU', b: 'KC_VOLD' }], events)).toEqual([
      '0 consumer 00e9',
      '10 consumer 00ea',
      '30 consumer 0000',
    ]);
  });

  it('can have modifiers around them', () => {
    expect(type([{ a: 'LSFT(KC_VOLU)' }], ['0 +a', '10 -a'])).toEqual([
      '0 LSFT',
      '0 consumer 00e9',
      '10 nothing',
      '10 consumer 0000',
    ]);
  });

  it('include power, sleep and wake of the system page', () => {
    const keys = { a: 'KC_PWR', b: 'KC_SLEP', c: 'KC_WAKE' };
    expect(type([keys], ['0 +a', '1 -a', '2 +b', '3 -b', '4 +c', '5 -c'])).toEqual([
      '0 system 1',
      '1 system 0',
      '2 system 2',
      '3 system 0',
      '4 system 3',
      '5 system 0',
    ]);
  });

  it('can be tapped by a dual-role key', () => {
    expect(type([{ a: 'LT(1,KC_MUTE)' }], ['0 +a', '50 -a'])).toEqual([
      '50 consumer 00e2',
      '50 consumer 0000',
    ]);
  });
});

describe('QK_BOOT', () => {
  it('asks for the bootloader on its press', () => {
    expect(type([{ a: 'QK_BOOT' }], ['7 +a'])).toEqual(['7 bootloader']);
  });
});

describe('debouncing', () => {
  const sample = (config: Config, samples: readonly string[]) =>
    run(config, [...samples.map((line) => `sample ${line}`), 'until 100']);

  it('takes a change when it has lasted, for presses and releases alike', () => {
    expect(sample({}, ['10 0 1', '40 0 0'])).toEqual(['15 row 0 1', '45 row 0 0']);
  });

  it('starts anew whenever the contact bounces', () => {
    const bounces = ['10 0 1', '12 0 0', '13 0 1', '16 0 0', '17 0 1'];
    expect(sample({}, bounces)).toEqual(['22 row 0 1']);
  });

  it('ignores a spike', () => {
    expect(sample({}, ['10 1 200', '14 1 0'])).toEqual([]);
  });

  it('counts for each key by itself', () => {
    expect(sample({}, ['10 0 1', '13 0 201'])).toEqual(['15 row 0 1', '18 row 0 201']);
  });

  it('takes its time from the keymap, none included', () => {
    expect(sample({ debounce: 20 }, ['10 0 1'])).toEqual(['30 row 0 1']);
    expect(sample({ debounce: 0 }, ['10 0 1', '11 0 0'])).toEqual(['10 row 0 1', '11 row 0 0']);
  });
});

describe('reports to the host', () => {
  it('are repeated at the idle rate, and not at all at rate 0', () => {
    expect(run({}, ['idle 0 5', 'until 45'])).toEqual([
      '20 report 0 00 00 00 00 00 00 00 00',
      '40 report 0 00 00 00 00 00 00 00 00',
    ]);
    expect(run({}, ['idle 0 0', 'until 2000'])).toEqual([]);
  });

  it('have their own idle rate on the media interface, one for each report id', () => {
    expect(run({}, ['idle 0 0', 'idle 1 5', 'until 25'])).toEqual([
      '20 report 1 01 00 00',
      '21 report 1 02 00',
    ]);
  });

  it('end in the newest state when the host fetched none for long', () => {
    const usages = Array.from({ length: 30 }, (_, at) => 4 + at);
    const output = run({}, ['idle 0 0', ...usages.map((usage) => `send ${usage}`), 'until 50']);
    expect(output).toHaveLength(12);
    expect(output[0]).toBe('0 report 0 00 00 04 00 00 00 00 00');
    expect(output.at(-1)).toBe('11 report 0 00 00 21 00 00 00 00 00');
  });
});

describe('every key', () => {
  it('is up again once all keys have been released, whatever was pressed and when', () => {
    const keycodes = [
      ...[
        'KC_A',
        'KC_B',
        'LSFT(KC_C)',
        'KC_LCTL',
        'KC_VOLU',
        'KC_SLEP',
        'LCTL(KC_LSFT)',
        '_______',
      ],
      ...['MO(1)', 'TG(1)', 'TO(0)', 'DF(1)', 'LM(1,MOD_LALT)', 'LT(1,KC_D)', 'LCTL_T(KC_E)'],
    ];
    const layer = fc.array(fc.constantFrom(...keycodes), { minLength: 8, maxLength: 8 });
    const toggles = fc.array(fc.tuple(fc.nat(7), fc.nat(120)), { maxLength: 60 });
    const letters = [...'abcdefgh'];
    const keyed = (texts: readonly string[]) =>
      Object.fromEntries(letters.map((key, at) => [key, texts[at] ?? 'KC_NO']));
    fc.assert(
      fc.property(layer, layer, toggles, (bottom, top, steps) => {
        const down = new Set<string>();
        let now = 0;
        const events = steps.map(([at, pause]) => {
          const key = letters[at] ?? 'a';
          now += pause;
          if (!down.delete(key)) {
            down.add(key);
            return `${now} +${key}`;
          }
          return `${now} -${key}`;
        });
        events.push(...[...down].map((key) => `${now} -${key}`));
        const output = type([keyed(bottom), keyed(top)], events);
        const last = (pattern: RegExp) => output.filter((line) => pattern.test(line)).at(-1);
        expect(last(/consumer/) ?? 'consumer 0000').toMatch(/consumer 0000$/);
        expect(last(/system/) ?? 'system 0').toMatch(/system 0$/);
        expect(last(/^\d+ (?!consumer|system)/) ?? 'nothing').toMatch(/nothing$/);
      }),
      { numRuns: 150 },
    );
  });
});
