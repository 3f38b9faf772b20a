/** Which programs a checkout needs beside Node, and what brings them on each system. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {'demo' | 'test' | 'e2e' | 'shell' | 'scale'} Purpose `demo`: compile the starter firmware. `test`: that, and all tests
 *   but those in a browser, of the desktop or of several machines. `e2e`: those in a browser. `shell`: those of the
 *   desktop. `scale`: those of several machines.
 * @typedef {object} Tool
 * @property {string} name what is looked for, as people call it
 * @property {Purpose[]} purposes
 * @property {string} why
 * @property {(look: Look) => boolean} isThere
 * @property {string} debian @property {string} fedora @property {string} arch @property {string} brew packages
 *
 * @typedef {object} Look how the machine is looked at
 * @property {(command: string) => boolean} hasCommand
 * @property {(file: string, args: string[]) => boolean} succeeds
 */

/** @returns {Tool['isThere']} */
const command = (name) => (look) => look.hasCommand(name);

/** A header has no command: only the compiler knows where it looks. */
const avrHeaders = (look) =>
  look.hasCommand('avr-gcc') &&
  look.succeeds('avr-gcc', ['-mmcu=atmega32u4', '-E', '-x', 'c', '-include', 'avr/io.h', '-']);

/** A name alone would not do: on Ubuntu it may belong to a script that only says what to install. */
const chromium = (look) =>
  look.succeeds(process.env.KILN_CHROMIUM ?? '/usr/bin/chromium', ['--version']);

/** @type {readonly Tool[]} */
export const TOOLS = [
  {
    name: 'avr-gcc',
    purposes: ['demo', 'test'],
    why: 'compiles firmware for AVR processors',
    isThere: command('avr-gcc'),
    debian: 'gcc-avr',
    fedora: 'avr-gcc',
    arch: 'avr-gcc',
    brew: 'osx-cross/avr/avr-gcc',
  },
  {
    name: 'avr-libc',
    purposes: ['demo', 'test'],
    why: 'the C library of AVR processors',
    isThere: avrHeaders,
    debian: 'avr-libc',
    fedora: 'avr-libc',
    arch: 'avr-libc',
    brew: 'osx-cross/avr/avr-gcc',
  },
  {
    name: 'avr-objcopy',
    purposes: ['demo', 'test'],
    why: 'turns the linked program into an image',
    isThere: command('avr-objcopy'),
    debian: 'binutils-avr',
    fedora: 'avr-binutils',
    arch: 'avr-binutils',
    brew: 'osx-cross/avr/avr-binutils',
  },
  {
    name: 'make',
    purposes: ['demo', 'test'],
    why: 'runs the steps of a build',
    isThere: command('make'),
    debian: 'make',
    fedora: 'make',
    arch: 'make',
    brew: 'make',
  },
  {
    name: 'git',
    purposes: ['test'],
    why: 'tests of firmware trees make repositories with it',
    isThere: command('git'),
    debian: 'git',
    fedora: 'git',
    arch: 'git',
    brew: 'git',
  },
  {
    name: 'cc',
    purposes: ['test'],
    why: 'tests run parts of the starter firmware on this machine',
    isThere: command('cc'),
    debian: 'gcc libc6-dev',
    fedora: 'gcc',
    arch: 'gcc',
    brew: 'gcc',
  },
  {
    name: 'python3',
    purposes: ['test'],
    why: 'tests of the catalogue and of toolchain install make Python environments with it',
    isThere: (look) => look.succeeds('python3', ['-c', 'import ensurepip, venv']),
    debian: 'python3 python3-venv',
    fedora: 'python3',
    arch: 'python',
    brew: 'python',
  },
  {
    name: 'bwrap',
    purposes: ['test'],
    why: 'keeps builds from the rest of the machine',
    isThere: (look) => process.platform !== 'linux' || look.hasCommand('bwrap'),
    debian: 'bubblewrap',
    fedora: 'bubblewrap',
    arch: 'bubblewrap',
    brew: '',
  },
  {
    name: 'avrdude',
    purposes: ['test'],
    why: 'tests flash an emulated Pro Micro with it',
    isThere: command('avrdude'),
    debian: 'avrdude',
    fedora: 'avrdude',
    arch: 'avrdude',
    brew: 'avrdude',
  },
  {
    name: 'strace',
    purposes: ['test'],
    why: 'a test watches with it whether Kiln talks to anybody',
    isThere: (look) => process.platform !== 'linux' || look.hasCommand('strace'),
    debian: 'strace',
    fedora: 'strace',
    arch: 'strace',
    brew: '',
  },
  {
    name: 'chromium',
    purposes: ['e2e'],
    why: 'tests drive pages in it; KILN_CHROMIUM names one in another place',
    isThere: chromium,
    debian: 'chromium fonts-dejavu-core',
    fedora: 'chromium',
    arch: 'chromium',
    brew: 'chromium',
  },
  {
    name: 'redis-server',
    purposes: ['scale'],
    why: 'the queue of several machines, for tests of it',
    isThere: (look) => look.hasCommand('redis-server') || look.hasCommand('valkey-server'),
    debian: 'redis-server',
    fedora: 'valkey',
    arch: 'valkey',
    brew: 'redis',
  },
  {
    name: 'haproxy',
    purposes: ['scale'],
    why: 'stands before several machines, in tests of their restart',
    isThere: (look) => look.hasCommand('haproxy') || look.succeeds('/usr/sbin/haproxy', ['-v']),
    debian: 'haproxy',
    fedora: 'haproxy',
    arch: 'haproxy',
    brew: 'haproxy',
  },
  {
    name: 'Xvfb',
    purposes: ['shell'],
    why: 'a screen that nobody sees, for tests of the desktop',
    isThere: (look) => process.platform !== 'linux' || look.hasCommand('Xvfb'),
    debian: 'xvfb libgtk-3-0 libnss3 libasound2 libxss1',
    fedora: 'xorg-x11-server-Xvfb gtk3 nss alsa-lib libXScrnSaver',
    arch: 'xorg-server-xvfb gtk3 nss alsa-lib libxss',
    brew: '',
  },
];

/** @type {Look} */
export const thisMachine = { hasCommand, succeeds };

/** Whether a folder of `PATH` has a program of this name. */
export function hasCommand(name) {
  const endings = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE').split(';') : [''];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => endings.some((ending) => isProgram(join(folder, name + ending))));
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function succeeds(file, args) {
  return spawnSync(file, args, { stdio: ['ignore', 'ignore', 'ignore'] }).status === 0;
}

/**
 * @param {Purpose} purpose
 * @param {Look} look
 * @returns {readonly Tool[]} what is missing
 */
export function missingTools(purpose, look = thisMachine) {
  return TOOLS.filter((tool) => tool.purposes.includes(purpose) && !tool.isThere(look));
}

/**
 * @param {readonly Tool[]} tools
 * @param {'debian' | 'fedora' | 'arch' | 'brew'} system
 * @returns {string[]} names of packages, each once
 */
export function packagesOf(tools, system) {
  const names = tools.flatMap((tool) => tool[system].split(' '));
  // Some a system does not have, nor need.
  return [...new Set(names)].filter((name) => name !== '');
}

/** One line a system, for people whose system we do not install on. */
export function installLines(tools) {
  return [
    `Fedora:  sudo dnf install ${packagesOf(tools, 'fedora').join(' ')}`,
    `Arch:    sudo pacman -S ${packagesOf(tools, 'arch').join(' ')}`,
    `macOS:   brew install ${packagesOf(tools, 'brew').join(' ')}`,
    'Windows: use the Windows Subsystem for Linux with Debian or Ubuntu; see docs/platforms.md',
  ];
}
