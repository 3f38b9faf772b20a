import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOOLS as USER_TOOLS } from '../../../core/toolchain/tools.ts';

// Plain JavaScript without declarations: taken as it is.
const load = (name: string) => import(new URL(`../../../scripts/${name}`, import.meta.url).href);
const { explainNpmFailure, hasNodePackages, linkKiln } = await load('node-packages.mjs');
const { installLines, missingTools, packagesOf, TOOLS } = await load('needed-tools.mjs');

describe('explainNpmFailure', () => {
  it.each([
    ['npm error code EUSAGE', /do not fit together/, /npm install/],
    ['npm error code ENOTFOUND\nnpm error network request failed', /not reached/, /network/],
    ['npm error code SELF_SIGNED_CERT_IN_CHAIN', /certificate/, /cafile/],
    ['npm error code ENOSPC', /disk is full/, /Free/],
    ['npm error code E404', /does not have/, /registry/],
    ['npm error code EACCES', /another account/, /your own/],
    ['something new', /npm ci failed/, /output above/],
  ])('says cause and remedy of %j', (output, cause, remedy) => {
    const explained = explainNpmFailure(output);
    expect(explained.cause).toMatch(cause);
    expect(explained.remedy).toMatch(remedy);
  });
});

describe('the packages of a checkout', () => {
  let home = '';

  /** A checkout whose lockfile has one needed and one optional package. */
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'kiln-test-'));
    writeLockfile('sha512-first');
  });
  afterEach(() => rmSync(home, { recursive: true }));

  function writeLockfile(integrity: string) {
    const packages = {
      '': {},
      'node_modules/a': { integrity },
      'node_modules/other-platform': { integrity: 'sha512-x', optional: true },
    };
    writeFileSync(join(home, 'package-lock.json'), JSON.stringify({ packages }));
  }

  function install(integrity: string) {
    mkdirSync(join(home, 'node_modules/a'), { recursive: true });
    mkdirSync(join(home, 'node_modules/.bin'), { recursive: true });
    const record = { packages: { 'node_modules/a': { integrity } } };
    writeFileSync(join(home, 'node_modules/.package-lock.json'), JSON.stringify(record));
  }

  it('are missing in a fresh clone', () => {
    expect(hasNodePackages(home)).toBe(false);
  });

  it('are there after an install by hand, and that is remembered', () => {
    install('sha512-first');
    expect(hasNodePackages(home)).toBe(true);
    rmSync(join(home, 'node_modules/.package-lock.json'));
    expect(hasNodePackages(home)).toBe(true);
  });

  it('are outdated when the lockfile has changed', () => {
    install('sha512-first');
    expect(hasNodePackages(home)).toBe(true);
    writeLockfile('sha512-second');
    expect(hasNodePackages(home)).toBe(false);
  });

  it('are incomplete when a folder was removed by hand', () => {
    install('sha512-first');
    rmSync(join(home, 'node_modules/a'), { recursive: true });
    expect(hasNodePackages(home)).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('get a link to the command once', () => {
    install('sha512-first');
    expect(linkKiln(home)).toBe(true);
    expect(readlinkSync(join(home, 'node_modules/.bin/kiln'))).toBe('../../cli/kiln.js');
    expect(linkKiln(home)).toBe(false);
  });
});

describe('the tools of a checkout', () => {
  const nothing = { hasCommand: () => false, succeeds: () => false };
  const everything = { hasCommand: () => true, succeeds: () => true };

  it('are asked for by purpose', () => {
    const names = (purpose: string) =>
      missingTools(purpose, nothing).map(({ name }: { name: string }) => name);
    expect(names('demo')).toEqual(['avr-gcc', 'avr-libc', 'avr-objcopy', 'make']);
    expect(names('test')).toEqual(expect.arrayContaining([...names('demo'), 'git', 'cc']));
    expect(names('test')).not.toContain('chromium');
    expect(names('e2e')).toEqual(['chromium']);
    expect(missingTools('test', everything)).toEqual([]);
  });

  it('miss the C library when only the compiler is there', () => {
    const withoutHeaders = { hasCommand: () => true, succeeds: () => false };
    const missing = missingTools('demo', withoutHeaders);
    expect(packagesOf(missing, 'debian')).toEqual(['avr-libc']);
  });

  it('are named in one line for each system that we do not install on', () => {
    const lines = installLines(TOOLS).join('\n');
    expect(lines).toMatch(/Fedora: +sudo dnf install avr-gcc avr-libc avr-binutils make git gcc/);
    expect(lines).toMatch(/Arch: +sudo pacman -S /);
    expect(lines).toMatch(/macOS: +brew install /);
  });

  it('come from the same Debian packages as those that users are told of', () => {
    const told: string[] = Object.values(USER_TOOLS).flatMap(({ debian }) => [...debian]);
    expect(told).toEqual(
      expect.arrayContaining(packagesOf(missingTools('demo', nothing), 'debian')),
    );
  });
});
