/** The programs that builds need, as data: what for, and how to get each. */

/** What a missing tool stops. */
export type Purpose = 'starter' | 'qmk-avr' | 'qmk-arm' | 'qmk' | 'tree-git';

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
}

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
} as const satisfies Record<string, ToolDefinition>;

export type ToolName = keyof typeof TOOLS;

/** How to get a missing tool, in a sentence. */
export function toolRemedy(name: ToolName): string {
  const tool: ToolDefinition = TOOLS[name];
  return tool.remedy ?? `On Debian or Ubuntu run: sudo apt-get install ${tool.debian.join(' ')}.`;
}
