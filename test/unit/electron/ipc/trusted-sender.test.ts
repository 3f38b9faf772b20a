import { expect, test } from 'vitest';
import { checkSender, type Sender, type Trusted } from '../../../../electron/ipc/trusted-sender.ts';

const TRUSTED: Trusted = { contentsId: 7, isOurs: (url) => url === 'http://localhost:5001/app/' };
const SENDER: Sender = { contentsId: 7, isMainFrame: true, url: 'http://localhost:5001/app/' };

test('the app’s own page may send', () => {
  expect(() => checkSender(SENDER, TRUSTED)).not.toThrow();
});

test.each([
  ['a frame that is gone', null, TRUSTED, 'its page is gone'],
  ['another window', { ...SENDER, contentsId: 8 }, TRUSTED, 'another window'],
  ['any window while there is none of ours', SENDER, null, 'another window'],
  ['a frame inside of the page', { ...SENDER, isMainFrame: false }, TRUSTED, 'inside of the page'],
  [
    'another page in our window',
    { ...SENDER, url: 'https://evil.example/' },
    TRUSTED,
    'another page',
  ],
  ['an empty page in our window', { ...SENDER, url: '' }, TRUSTED, 'another page'],
] as const)('%s is refused', (_who, sender, trusted, reason) => {
  expect(() => checkSender(sender, trusted)).toThrow(
    expect.objectContaining({
      code: 'shell.sender-refused',
      message: expect.stringContaining(reason),
    }),
  );
});
