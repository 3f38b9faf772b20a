import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownCommand } from '../../../core/own-command.ts';
import { temporaryFolder } from '../../fixtures/toolchain/tools.ts';

function packaged(name: string) {
  const folder = join(temporaryFolder(), name);
  mkdirSync(join(folder, 'service'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/kiln'), '');
  return { home: join(folder, 'service'), launcher: join(folder, 'bin/kiln') };
}

describe('the command that people are told to type', () => {
  it('is npm’s in a checkout', () => {
    expect(ownCommand('/home/me/kiln', [])).toBe('npx kiln');
  });

  it('is the plain one where that leads to the package', () => {
    const { home, launcher } = packaged('Kiln');
    const path = temporaryFolder();
    symlinkSync(launcher, join(path, 'kiln'));
    expect(ownCommand(home, ['/nowhere', path])).toBe('kiln');
  });

  it('is the launcher of the package where another one, or none, is found', () => {
    const { home, launcher } = packaged('Kiln');
    const path = temporaryFolder();
    writeFileSync(join(path, 'kiln'), 'another');
    expect(ownCommand(home, [path])).toBe(launcher);
  });

  it('can be typed when folders have spaces and quotes', () => {
    const { home, launcher } = packaged('My Kiln’s');
    expect(ownCommand(home, [])).toBe(`'${launcher}'`);
    const quoted = packaged("it's");
    expect(ownCommand(quoted.home, [])).toBe(`'${quoted.launcher.replace("'", "'\\''")}'`);
  });
});
