import { describe, expect, it } from 'vitest';
import { inOwnWords } from '../../../cli/old-names.ts';

describe('names of the hosted service’s scripts', () => {
  it.each([
    ['ls_jobs', ['jobs', 'ls']],
    ['ip_jobs', ['jobs', 'by-client']],
    ['cancel_job', ['jobs', 'cancel']],
    ['flush_queue', ['jobs', 'flush']],
    ['test_keyboard', ['test-keyboard']],
    ['trigger_update', ['update', '--now']],
    ['update_kb_redis', ['catalogue', 'refresh']],
  ])('%s works and says what it is called here', (name, words) => {
    const said: string[] = [];
    const own = inOwnWords([name, 'x', '--json'], (text) => said.push(text));
    expect(own).toEqual([...words, 'x', '--json']);
    expect(said).toEqual([`${name} is called here: kiln ${words.join(' ')}`]);
  });

  it.each([[[]], [['jobs', 'ls']], [['compile', 'ls_jobs']], [['constructor']]])(
    'leaves %j as it is',
    (argv) => {
      expect(inOwnWords(argv, () => expect.fail('says nothing'))).toBe(argv);
    },
  );
});
