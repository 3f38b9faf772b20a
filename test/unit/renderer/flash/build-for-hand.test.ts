// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { createElement } from 'react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../../renderer/builds/follow-job.ts';
import { BuildForHand } from '../../../../renderer/flash/build-for-hand.tsx';
import { useFlashPlan } from '../../../../renderer/flash/flash-store.ts';
import { startI18n } from '../../../../renderer/i18n/i18n.ts';

const OLD = '0a'.repeat(16);
const NEW = '0b'.repeat(16);
const KEYMAP = { keyboard: 'split', keymap: 'mine', layout: 'LAYOUT', layers: [['KC_A']] };
const BUILD = { tree: 'qmk', keyboard: 'split', keymap: 'mine', layout: 'LAYOUT' };

beforeAll(() => startI18n('en'));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A service whose builds end as they are told. @returns what was submitted. */
function serve(info: object, end: object): unknown[] {
  const sent: unknown[] = [];
  const answers: readonly (readonly [pattern: RegExp, answer: () => object])[] = [
    [/\/v1\/keyboards\/split$/, () => ({ keyboards: { split: { layouts: {}, ...info } } })],
    [new RegExp(`/compile/${OLD}/keymap$`), () => KEYMAP],
    [/\/v1\/compile$/, () => ({ enqueued: true, job_id: NEW })],
    [new RegExp(`/jobs/${NEW}$`), () => ({ id: NEW, error: null, ...end })],
  ];
  vi.stubGlobal('fetch', async (input: string | Request, init?: RequestInit) => {
    const request = typeof input === 'string' ? null : input;
    const url = request?.url ?? String(input);
    if (url.endsWith('/v1/compile'))
      sent.push(JSON.parse(request === null ? String(init?.body) : await request.text()));
    const answer = answers.find(([pattern]) => pattern.test(url));
    if (answer === undefined) return new Response('{}', { status: 404 });
    return Response.json(answer[1]());
  });
  return sent;
}

function show(build: object = BUILD): void {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const job = { id: OLD, build } as unknown as Job;
  render(createElement(QueryClientProvider, { client }, createElement(BuildForHand, { job })));
}

const SPLIT = { split: { enabled: true }, platform_key: 'chibios' };

describe('images for the halves of a split keyboard', () => {
  it('are built of the same keymap, and chosen once they are there', async () => {
    const end = { state: 'finished', result: { firmwareFilename: 'split_mine.uf2' } };
    const sent = serve(SPLIT, end);
    show();
    fireEvent.click(await screen.findByRole('button', { name: /right/ }));
    await waitFor(() => expect(useFlashPlan.getState().source).toEqual({ kind: 'job', id: NEW }));
    expect(sent).toEqual([{ ...KEYMAP, branch: 'qmk', hand: 'right' }]);
  });

  it('say why one was not built', async () => {
    const error = { code: 'job.timed-out', kind: 'environment', message: 'It took too long.' };
    serve(SPLIT, { state: 'failed', result: null, error: { ...error, remedy: 'Try again.' } });
    show();
    fireEvent.click(await screen.findByRole('button', { name: /left/ }));
    expect(await screen.findByText(/It took too long\./)).toBeDefined();
  });

  it('are offered for the other half alone beside an image for one', async () => {
    serve(SPLIT, {});
    show({ ...BUILD, hand: 'left' });
    const left = await screen.findByRole<HTMLButtonElement>('button', { name: /left/ });
    expect(left.disabled).toBe(true);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: /right/ }).disabled).toBe(false);
  });

  it.each([{ split: { enabled: true }, platform_key: 'avr' }, { platform_key: 'chibios' }])(
    'are not offered where the firmware holds no hand: %j',
    async (info) => {
      serve(info, {});
      show();
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(screen.queryByRole('button')).toBeNull();
    },
  );
});
