import { describe, expect, it } from 'vitest';
import { parseGitAddress } from '../../../../core/trees/git.ts';

describe('an address', () => {
  it.each([
    ['https://host/qmk.git', null],
    ['https://host:8443/qmk.git', null],
    ['https://user@host/qmk.git', null],
    ['https://user:pass@host/qmk.git', null],
    ['ssh://git@host:22/qmk/qmk.git', null],
    ['git@host:qmk/qmk.git', null],
    ['git@host:qmk.git', null],
    ['host:qmk.git', null],
    ['file:///srv/qmk.git', null],
    ['../qmk.git', null],
    ['', null],
    ['@', null],
    ['@ref', null],
  ])('%s names no ref', (text) => {
    expect(parseGitAddress(text)).toEqual({ address: text, ref: null });
  });

  it.each([
    ['https://host/qmk.git', '0.30.0'],
    ['https://user:pass@host/qmk.git', 'develop'],
    ['https://host/qmk.git', 'feature/some-thing'],
    ['ssh://git@host:22/qmk/qmk.git', 'v1'],
    ['git@host:qmk/qmk.git', 'develop'],
    ['host:qmk.git', 'develop'],
    ['file:///srv/qmk.git', 'main'],
    ['../qmk.git', 'main'],
    ['https://host/qmk.git', '08f788710b0c1f5cf0b8b8b4ad6b5ee1f9c9f9aa'],
  ])('%s is split from the ref %s', (address, ref) => {
    expect(parseGitAddress(`${address}@${ref}`)).toEqual({ address, ref });
  });

  it('with an empty ref stays as it is, for git to refuse', () => {
    expect(parseGitAddress('https://host/qmk.git@')).toEqual({
      address: 'https://host/qmk.git@',
      ref: null,
    });
  });
});
