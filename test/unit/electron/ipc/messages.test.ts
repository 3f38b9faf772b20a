import { expect, test } from 'vitest';
import { isEvent, isNotice, isRequest } from '../../../../electron/ipc/messages.ts';

test('only names of the map are names', () => {
  expect(isRequest('session-token')).toBe(true);
  expect(isNotice('title')).toBe(true);
  expect(isEvent('command')).toBe(true);
  for (const name of ['constructor', '__proto__', 'toString', '', 'flash-image', 'title ']) {
    expect(isRequest(name)).toBe(false);
    expect(isEvent(name)).toBe(false);
  }
  expect(isNotice('hasOwnProperty')).toBe(false);
});
