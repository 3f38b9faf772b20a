/** What an operator reads in the log of a service: which lines belong together, and as much as is asked for. */
import { beforeAll, describe, expect, it } from 'vitest';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import type { Service } from '../fixtures/service/service.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

interface Line {
  readonly msg: string;
  readonly level: number;
  readonly jobId?: string;
  readonly reqId?: string;
  readonly ms?: number;
}

const WARN = 40;

function linesOf(service: Service): Line[] {
  const text = service.command.stderr();
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

function lineOf(service: Service, msg: string, jobId?: string): Promise<Line> {
  const isIt = (line: Line) => line.msg === msg && (jobId === undefined || line.jobId === jobId);
  return until(`the line «${msg}»`, () => linesOf(service).find(isIt) ?? null);
}

describe('the log of a service', () => {
  it('names the request that brought a job in each line of its worker', async () => {
    const place = testPlace();
    const service = await place.serve();
    const id = await service.submit(keymapOf(1));
    await service.inState(id, 'finished');
    const queued = await lineOf(service, 'job queued', id);
    const finished = await lineOf(service, 'job finished', id);
    expect(queued.reqId).toMatch(/^[0-9a-f]{8}$/);
    expect(finished.reqId).toBe(queued.reqId);
    const shown = await place.run(['jobs', 'show', id]);
    expect(shown.stdout).toContain(queued.reqId);
    await service.stop();
  }, 60_000);

  it('can be made more and less while it runs, for its workers too', async () => {
    const place = testPlace();
    const service = await place.serve();
    expect(await place.run(['log-level', 'warn'])).toMatchObject({ exitCode: 0 });
    const quiet = await service.submit(keymapOf(1));
    await service.inState(quiet, 'finished');
    expect(await place.run(['log-level', 'info'])).toMatchObject({ exitCode: 0 });
    const told = await service.submit(keymapOf(2));
    await lineOf(service, 'job finished', told);
    expect(linesOf(service).filter(({ jobId }) => jobId === quiet)).toEqual([]);
    expect((await place.run(['log-level'])).stdout).toMatch(/^info/);
    const refused = await place.run(['log-level', 'loud']);
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('level') });
    await service.stop();
  }, 60_000);

  it('warns of answers that take longer than they should', async () => {
    const place = testPlace();
    const service = await place.serve({ env: { KILN_SLOW_MS: '1' } });
    await service.inState(await service.submit(keymapOf(1)), 'finished');
    const line = await lineOf(service, 'answered slowly');
    expect(line.level).toBe(WARN);
    expect(line.ms).toBeGreaterThanOrEqual(1);
    await service.stop();
  }, 60_000);
});
