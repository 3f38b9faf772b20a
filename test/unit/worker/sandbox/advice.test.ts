import { describe, expect, it } from 'vitest';
import { LIMITS, prlimitArguments } from '../../../../worker/sandbox/limits.ts';
import { macCommand, macProfile } from '../../../../worker/sandbox/mac.ts';
import { bubblewrapRemedy } from '../../../../worker/sandbox/probe.ts';

const PLACES = {
  folder: '/jobs/a "b"',
  temporary: '/jobs/a/tmp',
  readable: ['/tree'],
  hidden: ['/tree/.git'],
};

describe('the remedy for a bubblewrap that does not work', () => {
  it.each([
    ['bwrap: setting up uid map: Permission denied', false, 'AppArmor'],
    ['bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted', false, 'AppArmor'],
    ['bwrap: No permissions to create new namespace', false, 'unprivileged_userns_clone'],
    [
      'bwrap: Creating new namespace failed: Operation not permitted',
      true,
      'systempaths=unconfined',
    ],
    ['bwrap: something new', false, 'docs/security.md'],
  ])('for “%s” (in a container: %s) speaks of %s', (complaint, inContainer, word) => {
    expect(bubblewrapRemedy(complaint, inContainer)).toContain(word);
  });
});

describe('limits for prlimit', () => {
  it('count processes only where the kernel counts those of the build alone', () => {
    expect(prlimitArguments(LIMITS, true)).toContain('--nproc=256');
    expect(prlimitArguments(LIMITS, false).join(' ')).not.toContain('nproc');
    expect(prlimitArguments(LIMITS, false)).toContain('--as=2147483648');
  });
});

describe('the profile for macOS', () => {
  it('denies all but what it lists, and quotes paths', () => {
    const lines = macProfile(PLACES).split('\n');
    expect(lines[1]).toBe('(deny default)');
    expect(lines).toContain('(deny file-read* (subpath "/tree/.git"))');
    expect(lines).toContain('(allow file-read* file-write* (subpath "/jobs/a \\"b\\""))');
    expect(lines.join('\n')).not.toContain('network');
  });

  it('hands the program and its arguments on as they are', () => {
    const { args } = macCommand('/usr/bin/make', ['$(id)', 'a b'], PLACES, LIMITS);
    expect(args.slice(-6)).toEqual(['120', '131072', '1024', '/usr/bin/make', '$(id)', 'a b']);
  });
});
