import { describe, expect, it, vi } from 'vitest';
import { jobStory } from '../../../../api/job-story.ts';
import {
  claimJob,
  compileResult,
  createService,
  FIRST_ID,
  finishJob,
  START,
  submitJob,
} from '../../../fixtures/api/service.ts';

const URL = `/kiln/v1/jobs/${FIRST_ID}/events`;

/** The events of a stream's text. */
function eventsOf(text: string) {
  return text
    .split('\n\n')
    .filter((block) => block.includes('event: '))
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const id = field('id');
      return {
        ...(id === undefined ? {} : { id: Number(id) }),
        event: field('event'),
        data: JSON.parse(field('data') ?? ''),
      };
    });
}

async function tellStory(service: ReturnType<typeof createService>) {
  await submitJob(service);
  const claim = await claimJob(service);
  await service.queue.record(claim, [
    { type: 'progress', progress: { stage: 'compile', fraction: 0.5 } },
    { type: 'log', lines: ['Compiling: a.c', 'two\u2028lines'] },
  ]);
  await service.queue.finish(claim, compileResult());
}

const STORY = [
  { id: 1, event: 'state', data: { at: START, state: 'queued' } },
  { id: 2, event: 'state', data: { at: START, state: 'running' } },
  { id: 3, event: 'progress', data: { at: START, stage: 'compile', fraction: 0.5 } },
  { id: 4, event: 'log', data: { at: START, lines: ['Compiling: a.c', 'two\u2028lines'] } },
  { id: 5, event: 'state', data: { at: START, state: 'finished' } },
  { event: 'end', data: { state: 'finished' } },
];

describe('GET /kiln/v1/jobs/<id>/events', () => {
  it('tells an ended job’s whole story and ends', async () => {
    const service = createService();
    await tellStory(service);
    const answer = await service.get(URL);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toMatch(/^retry: \d+\n\n/);
    expect(eventsOf(answer.body)).toEqual(STORY);
  });

  it('resumes after the event that the client saw last', async () => {
    const service = createService();
    await tellStory(service);
    const resume = async (id: string) =>
      eventsOf((await service.get(URL, { 'last-event-id': id })).body);
    expect(await resume('3')).toEqual(STORY.slice(3));
    expect(await resume('5')).toEqual(STORY.slice(5));
    expect(await resume('999')).toEqual(STORY.slice(5));
  });

  it.each(['x', '-1', '1.5', '1e3', '9'.repeat(40), ''])(
    'starts from the beginning when the last id is %j',
    async (id) => {
      const service = createService();
      await tellStory(service);
      expect(eventsOf((await service.get(URL, { 'last-event-id': id })).body)).toEqual(STORY);
    },
  );

  it('ends with the state of a canceled job', async () => {
    const service = createService();
    await submitJob(service);
    await service.queue.cancel(FIRST_ID);
    expect(eventsOf((await service.get(URL)).body).at(-1)).toEqual({
      event: 'end',
      data: { state: 'canceled' },
    });
  });

  it('waits for what happens, and sends signs of life meanwhile', async () => {
    const service = createService({ limits: { heartbeatMs: 5 } });
    await submitJob(service);
    let watchers = 0;
    const { watch } = service.queue;
    const watched = new Promise<void>((resolve) => {
      service.queue.watch = (listener) => {
        watchers += 1;
        resolve();
        const stop = watch(listener);
        return () => {
          watchers -= 1;
          stop();
        };
      };
    });
    const answer = service.get(URL);
    await watched;
    await new Promise((resolve) => setTimeout(resolve, 30));
    await finishJob(service);
    const { body } = await answer;
    expect(body).toContain('\n\n: still here\n\n');
    expect(eventsOf(body).map(({ data }) => data.state)).toEqual([
      'queued',
      'running',
      'finished',
      'finished',
    ]);
    expect(watchers).toBe(0);
  });

  it('answers HEAD without looking at the job’s story', async () => {
    const service = createService();
    await submitJob(service);
    const watch = vi.spyOn(service.queue, 'watch');
    const headers = { host: 'localhost:5001' };
    const answer = await service.app.inject({ method: 'HEAD', url: URL, headers });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(answer.body).toBe('');
    await service.app.close();
    expect(watch).not.toHaveBeenCalled();
  });

  it.each(['0'.repeat(32), 'x'])('answers the unknown id %s with 404 in JSON', async (id) => {
    const answer = await createService().get(`/kiln/v1/jobs/${id}/events`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 404, error: { code: 'job.unknown' } });
  });

  it('ends its open streams when the app closes', async () => {
    const service = createService();
    await submitJob(service);
    const watched = new Promise<void>((resolve) => {
      const { watch } = service.queue;
      service.queue.watch = (listener) => {
        resolve();
        return watch(listener);
      };
    });
    const answer = service.get(URL);
    await watched;
    await service.app.close();
    expect(eventsOf((await answer).body).map(({ event }) => event)).toEqual(['state']);
  });
});

describe('jobStory', () => {
  it('misses nothing of a job that ends between two looks', async () => {
    const service = createService();
    await submitJob(service);
    const { get } = service.queue;
    let ended = false;
    // The job ends after its events were read, and before its state is.
    service.queue.get = async (id) => {
      if (!ended) {
        ended = true;
        await finishJob(service);
      }
      return get(id);
    };
    const seen = [];
    for await (const event of jobStory(service.queue, FIRST_ID, 0, new AbortController().signal)) {
      seen.push(event);
    }
    expect(seen.map(({ id, event }) => id ?? event)).toEqual([1, 2, 3, 'end']);
  });

  it('ends without a word when the job is forgotten', async () => {
    const service = createService();
    await submitJob(service);
    const seen = [];
    for await (const event of jobStory(service.queue, FIRST_ID, 0, new AbortController().signal)) {
      seen.push(event.event);
      await service.queue.cancel(FIRST_ID);
      await service.queue.sweep(START + 1);
    }
    expect(seen).toEqual(['state']);
  });
});
