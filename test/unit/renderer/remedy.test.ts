import { describe, expect, it } from 'vitest';
import { toolRemedy } from '../../../core/toolchain/tools.ts';
import { commandIn } from '../../../renderer/health/remedy.ts';

describe('the command of a remedy', () => {
  it.each([
    [toolRemedy('qmk'), 'kiln toolchain install'],
    [toolRemedy('make'), 'sudo apt-get install make'],
    ['Start it with: kiln serve.', 'kiln serve'],
  ])('is what stands behind the colon: %s', (remedy, command) => {
    expect(commandIn(remedy)).toBe(command);
  });

  it.each([
    'Free some space on the disk, then try again.',
    'Take it from the flashing tools of the QMK project (qmk_flashutils on GitHub) and put it on your PATH.',
    'Note: nothing of this is urgent.',
  ])('is none where there is none: %s', (remedy) => {
    expect(commandIn(remedy)).toBeNull();
  });
});
