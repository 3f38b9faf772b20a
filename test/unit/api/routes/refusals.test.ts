/** What the API refuses leaves nothing behind: no job, no file, no build begun ahead. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createService, KEYMAP } from '../../../fixtures/api/service.ts';
import { hostileKeymaps } from '../../../fixtures/hostile/keymaps.ts';

it('writes nothing and starts nothing for a hostile keymap', async () => {
  const { post, queue, state, dependencies } = createService();
  const before = readdirSync(dependencies.settings.dataDir, { recursive: true });
  for (const { members, rule } of hostileKeymaps({ secretFile: '/etc/passwd', marker: '/x' })) {
    const { statusCode } = await post('/v1/compile', { ...KEYMAP, ...members });
    expect(statusCode, rule).toBeOneOf([400, 413, 422]);
  }
  expect(await queue.counts()).toEqual({ queued: 0, running: 0 });
  expect([state.checked, state.prewarmed]).toEqual([[], []]);
  expect(readdirSync(dependencies.settings.dataDir, { recursive: true })).toEqual(before);
  // The same way, a sound one is accepted.
  expect((await post('/v1/compile', KEYMAP)).statusCode).toBe(200);
  expect(await queue.counts()).toEqual({ queued: 1, running: 0 });
});
