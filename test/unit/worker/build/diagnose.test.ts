import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findErrors, findSize, pointAtKey } from '../../../../worker/build/diagnose.ts';

const lines = (text: string): string[] => text.split('\n');

/** What a build prints, in the form of QMK's make with avr-gcc 5.4. */
const AVR_UNKNOWN_KEYCODES = `
Compiling: quantum/keymap_introspection.c                                                           [ERRORS]
 |
 | In file included from ./.build/obj_board_mine/src/keymap.c:1:0,
 |                  from quantum/keymap_introspection.c:9:
 | ./.build/obj_board_mine/src/keymap.c:14:31: error: ‘KC_FOOO’ undeclared here (not in a function)
 |      [0] = LAYOUT(MO(1), KC_B, KC_FOOO, KC_BAR)
 |                                ^
 | ./.build/obj_board_mine/src/default_keyboard.h:35:17: note: in definition of macro ‘LAYOUT’
 |      { k0A, k0B, k0C, k0D }, \\
 |                  ^
 | ./.build/obj_board_mine/src/keymap.c:14:61: error: ‘KC_BAR’ undeclared here (not in a function)
gmake: *** [builddefs/common_rules.mk:362: .build/obj_board_mine/quantum/keymap_introspection.o] Error 1
gmake: *** Waiting for unfinished jobs....
`;

/** The same with arm-none-eabi-gcc 12, as it comes when make gathers the output of each command. */
const ARM_UNKNOWN_KEYCODE = `
Compiling: quantum/keymap_introspection.c                                                           [ERRORS]
 |
In file included from ./.build/obj_board_mine/src/keymap.c:1,
                 from quantum/keymap_introspection.c:9:
./.build/obj_board_mine/src/keymap.c:14:42: error: 'KC_FOOO' undeclared here (not in a function); did you mean 'KC_FOO'?
   14 |     [0] = LAYOUT(MO(1), KC_B, KC_FOOO, KC_D),
      |                               ^~~~~~~
      |                               KC_FOO
gmake: *** [builddefs/common_rules.mk:362: .build/obj_board_mine/quantum/keymap_introspection.o] Error 1
`;

const TOO_LARGE = `
Linking: .build/board_mine.elf                                                                      [OK]
Checking file size of board_mine.hex
 * The firmware is too large! 30050/28672 (1378 bytes over)
 [ERRORS]

gmake: *** [platforms/avr/platform.mk:123: check-size] Error 1
`;

const LINKER_ARM = `
Linking: .build/board_mine.elf                                                                      [ERRORS]
 |
 | /usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/bin/ld: .build/a.o: in function \`main':
 | a.c:(.text+0x8): undefined reference to \`missing_function'
 | /usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/bin/ld: a.c:(.text+0x24): undefined reference to \`missing_variable'
 | a.c:(.text+0x28): undefined reference to \`missing_variable'
 | collect2: error: ld returned 1 exit status
gmake: *** [builddefs/common_rules.mk:260: .build/board_mine.elf] Error 1
`;

const LINKER_AVR = `
 | .build/a.o: In function \`main':
 | a.c:(.text+0x8): undefined reference to \`missing_function'
 | .build/b.o:(.data+0x0): multiple definition of \`twice'
 | .build/a.o:(.data+0x0): first defined here
 | collect2: error: ld returned 1 exit status
make: *** [builddefs/common_rules.mk:260: .build/board_mine.elf] Error 1
`;

const OVERFLOW = `
 | /usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/bin/ld: .build/a.elf section \`.text' will not fit in region \`flash0'
 | /usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/bin/ld: region \`flash0' overflowed by 33052 bytes
 | collect2: error: ld returned 1 exit status
gmake: *** [builddefs/common_rules.mk:260: .build/board_mine.elf] Error 1
`;

const MAKEFILE_GIVES_UP = `
Ψ Compiling keymap with gmake --jobs=2 KEYBOARD=board KEYMAP=mine

 * RGB_MATRIX_DRIVER= is not a valid matrix type                                                       [ERRORS]

builddefs/common_features.mk:458: *** Invalid RGB_MATRIX_DRIVER.  Stop.
`;

const SMALLER = 'Turn features off, or remove layers or macros.';

describe('the errors of a build', () => {
  it('are those of the compiler, the first one first, and not make’s', () => {
    const file = '.build/obj_board_mine/src/keymap.c';
    expect(findErrors(lines(AVR_UNKNOWN_KEYCODES))).toEqual([
      { message: '‘KC_FOOO’ undeclared here (not in a function)', file, line: 14 },
      { message: '‘KC_BAR’ undeclared here (not in a function)', file, line: 14 },
    ]);
    expect(findErrors(lines(ARM_UNKNOWN_KEYCODE))).toEqual([
      {
        message: "'KC_FOOO' undeclared here (not in a function); did you mean 'KC_FOO'?",
        file,
        line: 14,
      },
    ]);
  });

  it.each([
    ['quantum/a.c:2:1: error: #error "No pins"', 'quantum/a.c', 2, '#error "No pins"'],
    [
      'a.c:1:10: fatal error: b.h: No such file or directory',
      'a.c',
      1,
      'b.h: No such file or directory',
    ],
    ['a.c:7: error: without a column', 'a.c', 7, 'without a column'],
    ['a.S:2: Error: register number required', 'a.S', 2, 'register number required'],
    ['dir with space/a.c:2:1: error: x', 'dir with space/a.c', 2, 'x'],
    ['builddefs/x.mk:458: *** Invalid driver.  Stop.', 'builddefs/x.mk', 458, 'Invalid driver'],
    ['Makefile:3: *** missing separator. Stop.', 'Makefile', 3, 'missing separator'],
  ])('name file and line: %s', (line, file, number, message) => {
    expect(findErrors([line])).toEqual([{ message, file, line: number }]);
  });

  it.each([
    ['<build>/cc.s: Fatal error: can’t close obj/a.o: No space', 'can’t close obj/a.o: No space'],
    ['avr-gcc: fatal error: no input files', 'no input files'],
  ])('are those of tools that name no line, before what make says of it: %s', (line, message) => {
    expect(findErrors([line, 'make: *** [Makefile:77: obj/a.o] Error 1'])).toEqual([{ message }]);
  });

  it('are an image that is too large, in a sentence with the numbers', () => {
    expect(findErrors(lines(TOO_LARGE))).toEqual([
      { message: `The firmware is too large: 30,050 bytes of 28,672, 1,378 too many. ${SMALLER}` },
    ]);
  });

  it('are a region of the chip that overflows', () => {
    expect(findErrors(lines(OVERFLOW))).toEqual([
      { message: `The firmware is too large: flash0 overflows by 33,052 bytes. ${SMALLER}` },
    ]);
  });

  it('are what the linker misses, each name once', () => {
    expect(findErrors(lines(LINKER_ARM))).toEqual([
      { message: 'undefined reference to missing_function' },
      { message: 'undefined reference to missing_variable' },
    ]);
    expect(findErrors(lines(LINKER_AVR))).toEqual([
      { message: 'undefined reference to missing_function' },
      { message: "multiple definition of `twice'" },
    ]);
  });

  it.each([
    ['/usr/bin/ld: cannot find -lnothing', 'cannot find -lnothing'],
    [
      'arm-none-eabi-ld: cannot open linker script file x.ld: gone',
      'cannot open linker script file x.ld: gone',
    ],
    [
      '☒ keyboards/a/info.json: matrix_pins is not valid',
      'keyboards/a/info.json: matrix_pins is not valid',
    ],
  ])('are other words of the tools: %s', (line, message) => {
    expect(findErrors([line, 'make: *** [x] Error 1'])).toEqual([{ message }]);
  });

  it('are the reasons of QMK’s makefiles when those give up', () => {
    expect(findErrors(lines(MAKEFILE_GIVES_UP))).toEqual([
      { message: 'RGB_MATRIX_DRIVER= is not a valid matrix type' },
      { message: 'Invalid RGB_MATRIX_DRIVER', file: 'builddefs/common_features.mk', line: 458 },
    ]);
  });

  it('are make’s own words when nobody says more', () => {
    expect(findErrors(['Linking: a', 'make[1]: *** [a.mk:1: x] Error 137'])).toEqual([
      { message: '*** [a.mk:1: x] Error 137' },
    ]);
  });

  it('are nothing of warnings, notes and good news', () => {
    const quiet = [
      'a.c:1:1: warning: unused variable',
      'a.c:1:1: note: each undeclared identifier is reported only once',
      'Compiling: quantum/error.c                                                           [OK]',
      ' * The firmware size is fine - 22172/28672 (77%, 6500 bytes free)',
      '0 errors',
      '',
    ];
    expect(findErrors(quiet)).toEqual([]);
  });

  it('come once each, and at most 20', () => {
    const same = Array.from({ length: 5 }, () => 'a.c:1:1: error: same');
    expect(findErrors(same)).toHaveLength(1);
    const many = Array.from({ length: 50 }, (_, index) => `a.c:${index}:1: error: other`);
    expect(findErrors(many).map(({ line }) => line)).toEqual(
      Array.from({ length: 20 }, (_, index) => index),
    );
  });

  it('can be looked for in any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (text) => {
        for (const { message } of findErrors(text)) expect(typeof message).toBe('string');
        findSize(text);
      }),
    );
  });

  it('are found in long lines as quickly as in short ones', () => {
    const starts = [' * ', ' * a', '☒ ', 'ld: ', 'a:1: *** a', 'x'];
    const long = starts.flatMap((start) => [
      `${start}${' |a'.repeat(20_000)}|`,
      `${start}${' '.repeat(60_000)}|`,
    ]);
    const began = performance.now();
    findErrors(long);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('the key that caused an error', () => {
  const layers = [
    ['MO(1)', 'KC_B', 'KC_FOOO'],
    ['KC_TRNS', 'LT(1,KC_FOO)', 'KC_FOOO'],
  ];

  it.each([
    '‘KC_FOOO’ undeclared here (not in a function)',
    "'KC_FOOO' undeclared here (not in a function); did you mean 'KC_FOO'?",
    "implicit declaration of function 'KC_FOOO' [-Werror=implicit-function-declaration]",
  ])('is the first that holds the word: %s', (message) => {
    expect(pointAtKey({ message, file: 'keymap.c', line: 14 }, layers)).toEqual({
      message: 'Key 2 on layer 0 (`KC_FOOO`) is not a keycode that this keyboard knows.',
      file: 'keymap.c',
      line: 14,
      layer: 0,
      index: 2,
      keycode: 'KC_FOOO',
    });
  });

  it('may hold the word inside of another', () => {
    expect(pointAtKey({ message: '‘KC_FOO’ undeclared here' }, layers)).toEqual({
      message:
        'Key 1 on layer 1 (`LT(1,KC_FOO)`) holds `KC_FOO`, which is not a keycode that this keyboard knows.',
      layer: 1,
      index: 1,
      keycode: 'LT(1,KC_FOO)',
    });
  });

  it('is named before the tool’s own words where those say something else', () => {
    const message = 'macro "MO" passed 2 arguments, but takes just 1';
    expect(pointAtKey({ message }, layers)).toMatchObject({
      message: `Key 0 on layer 0 (\`MO(1)\`): ${message}`,
    });
  });

  it.each([
    '‘ENCODER_A_PINS’ undeclared here (not in a function)',
    '‘KC_FO’ undeclared here (not in a function)',
    'expected ‘;’ before ‘}’ token',
    'nothing is quoted',
  ])('is not guessed: %s', (message) => {
    expect(pointAtKey({ message }, layers)).toEqual({ message });
  });
});

describe('the size of an image', () => {
  it.each([
    ['The firmware size is fine - 22172/28672 (77%, 6500 bytes free)', 22172],
    ['The firmware size is approaching the maximum - 28172/28672 (98%, 500 bytes free)', 28172],
    ['The firmware is too large! 30050/28672 (1378 bytes over)', 30050],
  ])('is read from: %s', (line, used) => {
    expect(findSize(['Checking file size of a.hex', ` * ${line}`])).toEqual({ used, limit: 28672 });
    expect(findSize([line])).toEqual({ used, limit: 28672 });
  });

  it('is unknown where the build does not check it', () => {
    expect(findSize(['Linking: a.elf   [OK]', 'Creating UF2 file'])).toBeNull();
    expect(findSize([])).toBeNull();
  });
});
