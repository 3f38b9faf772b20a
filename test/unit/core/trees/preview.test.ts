import { describe, expect, it } from 'vitest';
import { previewOf } from '../../../../core/trees/preview.ts';

/** `M path` and its like, as git separates them. */
const lines = (...changes: string[]) => changes.flatMap((change) => change.split(' '));

describe('the preview of an update', () => {
  it('tells keyboards that came, went and changed, and what all share', () => {
    const preview = previewOf(
      'a',
      'b',
      lines(
        'A keyboards/new/board/keyboard.json',
        'A keyboards/new/board/keymaps/default/keymap.c',
        'D keyboards/old/info.json',
        'D keyboards/old/rules.mk',
        'M keyboards/planck/rev6/rev6.c',
        'M keyboards/planck/keymaps/default/keymap.c',
        'M keyboards/crkbd/rev1/keyboard.json',
        'M quantum/keymap.h',
        'A docs/x.md',
      ),
    );
    expect(preview).toEqual({
      from: 'a',
      to: 'b',
      files: 9,
      shared: 2,
      keyboards: {
        added: ['new/board'],
        removed: ['old'],
        changed: ['crkbd/rev1', 'planck', 'planck/rev6'],
      },
    });
  });

  it('is empty for commits that hold the same', () => {
    expect(previewOf('a', 'b', [''])).toMatchObject({ files: 0, shared: 0 });
  });
});
