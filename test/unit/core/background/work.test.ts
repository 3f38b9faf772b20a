import { describe, expect, it } from 'vitest';
import { createBackgroundWork } from '../../../../core/background/work.ts';
import { KilnError } from '../../../../core/errors.ts';

describe('background work', () => {
  it('is told of while it runs, and when it is done', async () => {
    let now = 10;
    const work = createBackgroundWork(() => now);
    const end = Promise.withResolvers<string>();
    const started = work.start('update-tree', 'qmk', async (say) => {
      say('Receiving objects: 10%');
      return end.promise;
    });
    expect(started).toMatchObject({ state: 'running', subject: 'qmk', startedAt: 10 });
    await Promise.resolve();
    expect(work.list()).toMatchObject([{ state: 'running', line: 'Receiving objects: 10%' }]);
    now = 20;
    end.resolve('what came of it');
    await work.idle();
    expect(work.list()).toMatchObject([
      { state: 'done', result: 'what came of it', error: null, endedAt: 20 },
    ]);
  });

  it('keeps the error of what failed, also of what failed at once', async () => {
    const work = createBackgroundWork();
    const refused = new KilnError('tree.git-failed', 'git fetch failed: no route.');
    work.start('add-tree', 'one', () => Promise.reject(refused));
    work.start('add-tree', 'two', () => {
      throw refused;
    });
    await work.idle();
    expect(work.list().map(({ state, error }) => [state, error?.code])).toEqual([
      ['failed', 'tree.git-failed'],
      ['failed', 'tree.git-failed'],
    ]);
  });

  it('does one thing at a time to a subject, and several subjects at once', async () => {
    const work = createBackgroundWork();
    const end = Promise.withResolvers<void>();
    work.start('update-tree', 'qmk', () => end.promise);
    work.start('update-tree', 'vial', () => end.promise);
    const again = () => work.start('preview-tree', 'qmk', async () => undefined);
    expect(again).toThrow(expect.objectContaining({ code: 'work.in-hand' }));
    end.resolve();
    await work.idle();
    expect(again()).toMatchObject({ kind: 'preview-tree', state: 'running' });
    await work.idle();
    expect(work.list().map(({ subject, kind }) => `${subject} ${kind}`)).toEqual([
      'qmk preview-tree',
      'vial update-tree',
    ]);
  });

  it('forgets the oldest of very many, and never what runs', async () => {
    const work = createBackgroundWork();
    const end = Promise.withResolvers<void>();
    work.start('add-tree', 'first', () => end.promise);
    for (let number = 0; number < 80; number += 1) {
      work.start('add-tree', `tree-${number}`, async () => undefined);
      await Promise.resolve();
    }
    await new Promise((resolve) => setImmediate(resolve));
    work.start('add-tree', 'last', async () => undefined);
    const subjects = work.list().map(({ subject }) => subject);
    expect(subjects).toHaveLength(50);
    expect(subjects[0]).toBe('last');
    expect(subjects).toContain('first');
    end.resolve();
    await work.idle();
  });
});
