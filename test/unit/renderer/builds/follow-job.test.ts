// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, waitFor } from '@testing-library/react';
import { createElement } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logKey, useFollowedJob } from '../../../../renderer/builds/follow-job.ts';

const ID = '0a'.repeat(16);

function Follower() {
  useFollowedJob(ID);
  return null;
}

/** Streams that stay open: a part of the window that goes ends nothing for the others. */
let asked: { readonly signal: AbortSignal; readonly send: (line: string) => void }[] = [];

beforeEach(() => {
  asked = [];
  vi.stubGlobal('fetch', async (_url: string, { signal }: { signal: AbortSignal }) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        let id = 0;
        const send = (line: string) => {
          const data = JSON.stringify({ lines: [line] });
          const text = `id: ${++id}\nevent: log\ndata: ${data}\n\n`;
          controller.enqueue(new TextEncoder().encode(text));
        };
        signal.addEventListener('abort', () => controller.error(new Error('aborted')));
        asked.push({ signal, send });
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('a job that two parts of the window follow', () => {
  it('has each line once, and is followed until the last of them goes', async () => {
    const client = new QueryClient();
    const show = (parts: number) =>
      createElement(
        QueryClientProvider,
        { client },
        Array.from({ length: parts }, (_, part) => createElement(Follower, { key: part })),
      );
    const view = render(show(2));
    await waitFor(() => expect(asked).toHaveLength(1));
    asked[0]?.send('one');
    await waitFor(() => expect(client.getQueryData(logKey(ID))).toEqual(['one']));
    view.rerender(show(1));
    expect(asked[0]?.signal.aborted).toBe(false);
    asked[0]?.send('two');
    await waitFor(() => expect(client.getQueryData(logKey(ID))).toEqual(['one', 'two']));
    view.rerender(show(0));
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(asked).toHaveLength(1);
  });
});
