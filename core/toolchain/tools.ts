/** The programs that builds and flashing need, as data: what for, and how to get each. */

/** What a missing tool stops. */
export type Purpose = 'starter' | 'qmk-avr' | 'qmk-arm' | 'qmk' | 'tree-git' | 'flash';

export interface ToolDefinition {
  /** The command as it is looked up. */
  readonly command: string;
  /** Arguments that make it print its version in the first lines. */
  readonly versionArgs: readonly string[];
  /** What cannot be done without it. */
  readonly purposes: readonly Purpose[];
  /** Debian's and Ubuntu's packages that bring it. */
  readonly debian: readonly string[];
  /** Replaces the package remedy. */
  readonly remedy?: string;
  /** Another name that some systems give it. */
  readonly alsoNamed?: string;
  /** What it writes to, in words; of flashing tools. */
  readonly flashes?: string;
  /** Finds the version in what it prints, whatever it then exits with; by default the first line of a good end. */
  readonly versionLine?: RegExp;
}

/** Debian has no package of it. */
const FROM_FLASHUTILS =
  'Take it from the flashing tools of the QMK project (qmk_flashutils on GitHub) and put it on your PATH.';

export const TOOLS = {
  make: {
    command: 'make',
    versionArgs: ['--version'],
    purposes: ['starter', 'qmk'],
    debian: ['make'],
  },
  avrGcc: {
    command: 'avr-gcc',
    versionArgs: ['--version'],
    purposes: ['starter', 'qmk-avr'],
    debian: ['gcc-avr', 'avr-libc'],
  },
  avrObjcopy: {
    command: 'avr-objcopy',
    versionArgs: ['--version'],
    purposes: ['starter', 'qmk-avr'],
    debian: ['binutils-avr'],
  },
  avrSize: {
    command: 'avr-size',
    versionArgs: ['--version'],
    purposes: ['starter', 'qmk-avr'],
    debian: ['binutils-avr'],
  },
  armGcc: {
    command: 'arm-none-eabi-gcc',
    versionArgs: ['--version'],
    purposes: ['qmk-arm'],
    debian: ['gcc-arm-none-eabi', 'libnewlib-arm-none-eabi', 'libstdc++-arm-none-eabi-newlib'],
  },
  armObjcopy: {
    command: 'arm-none-eabi-objcopy',
    versionArgs: ['--version'],
    purposes: ['qmk-arm'],
    debian: ['binutils-arm-none-eabi'],
  },
  python: {
    command: 'python3',
    versionArgs: ['--version'],
    purposes: ['qmk'],
    debian: ['python3', 'python3-venv'],
  },
  qmk: {
    command: 'qmk',
    versionArgs: ['--version'],
    purposes: ['qmk'],
    debian: [],
    remedy:
      'Run: kiln toolchain install (fetches the qmk command line from the Python package index).',
  },
  git: {
    command: 'git',
    versionArgs: ['--version'],
    purposes: ['tree-git'],
    debian: ['git'],
  },
  avrdude: {
    command: 'avrdude',
    versionArgs: ['-?'],
    versionLine: /^avrdude version [^,\s]+/m,
    purposes: ['flash'],
    debian: ['avrdude'],
    flashes: 'Pro Micros and other boards with Caterina, and those with USBaspLoader',
  },
  dfuProgrammer: {
    command: 'dfu-programmer',
    versionArgs: ['--version'],
    versionLine: /^dfu-programmer \d[\d.]*/m,
    purposes: ['flash'],
    debian: ['dfu-programmer'],
    flashes: 'AVR keyboards with Atmel, QMK or LUFA DFU',
  },
  dfuUtil: {
    command: 'dfu-util',
    versionArgs: ['--version'],
    purposes: ['flash'],
    debian: ['dfu-util'],
    flashes: 'STM32 keyboards and their like',
  },
  teensyLoader: {
    command: 'teensy_loader_cli',
    alsoNamed: 'teensy-loader-cli',
    // It has no such option; what it prints of itself shows that it runs.
    versionArgs: ['--help'],
    versionLine: /^Usage: teensy_loader_cli/m,
    purposes: ['flash'],
    debian: ['teensy-loader-cli'],
    flashes: 'Teensy boards',
  },
  hidBootloader: {
    command: 'hid_bootloader_cli',
    versionArgs: ['--help'],
    versionLine: /^Usage: hid_bootloader_cli/m,
    purposes: ['flash'],
    debian: [],
    remedy: FROM_FLASHUTILS,
    flashes: 'AVR keyboards with the QMK or LUFA HID bootloader',
  },
  bootloadHid: {
    command: 'bootloadHID',
    versionArgs: ['--help'],
    versionLine: /^usage: .*bootloadHID/im,
    purposes: ['flash'],
    debian: [],
    remedy: FROM_FLASHUTILS,
    flashes: 'PS2AVRGB keyboards',
  },
  wb32Updater: {
    command: 'wb32-dfu-updater_cli',
    versionArgs: ['--version'],
    purposes: ['flash'],
    debian: [],
    remedy: FROM_FLASHUTILS,
    flashes: 'keyboards with WB32 chips',
  },
  mdloader: {
    command: 'mdloader',
    versionArgs: ['--version'],
    versionLine: /^mdloader [\d.]+/im,
    purposes: ['flash'],
    debian: [],
    remedy: FROM_FLASHUTILS,
    flashes: 'the first Drop CTRL, ALT and SHIFT',
  },
} as const satisfies Record<string, ToolDefinition>;

export type ToolName = keyof typeof TOOLS;

/** How to get a missing tool, in a sentence. */
export function toolRemedy(name: ToolName): string {
  const tool: ToolDefinition = TOOLS[name];
  return tool.remedy ?? `On Debian or Ubuntu run: sudo apt-get install ${tool.debian.join(' ')}.`;
}
