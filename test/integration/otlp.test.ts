/** The numbers of a real service in a real VictoriaMetrics, which takes OpenTelemetry's protocol. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../fixtures/service/free-port.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import type { Place } from '../fixtures/service/place.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

// Bookworm's, 1.79, does not take the protocol yet.
const PROGRAM = process.env.KILN_TEST_VICTORIAMETRICS;
const REASON =
  PROGRAM !== undefined && existsSync(PROGRAM)
    ? ''
    : ' (skipped: KILN_TEST_VICTORIAMETRICS names no VictoriaMetrics of 1.92 or later)';

beforeAll(requireTools);

async function startReceiver(place: Place): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    PROGRAM ?? '',
    [`-storageDataPath=${join(place.dataDir, 'metrics')}`, `-httpListenAddr=${address}`],
    { stdio: 'ignore' },
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const receiver = `http://${address}`;
  await until('VictoriaMetrics to answer', async () => {
    const answer = await fetch(`${receiver}/health`).catch(() => null);
    return answer?.ok ? true : null;
  });
  return receiver;
}

interface Series {
  readonly metric: Record<string, string>;
  readonly values: readonly number[];
}

async function seriesOf(receiver: string, name: string): Promise<Series[]> {
  const query = new URLSearchParams({ 'match[]': `{__name__="${name}"}` });
  const text = await (await fetch(`${receiver}/api/v1/export?${query}`)).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Series);
}

describe.skipIf(REASON !== '')(`a collector${REASON}`, () => {
  it('gets the numbers of builds while the service runs, and the last ones when it stops', async () => {
    const place = testPlace();
    const receiver = await startReceiver(place);
    const service = await place.serve({
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver}/opentelemetry`,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
      },
    });
    await service.inState(await service.submit(keymapOf(1)), 'finished');
    const [built] = await until('a build to be counted there', async () => {
      const series = await seriesOf(receiver, 'kiln_jobs_ended_total');
      return series.length > 0 ? series : null;
    });
    expect(built?.metric).toMatchObject({ outcome: 'built', path: 'full' });
    expect(built?.values.at(-1)).toBe(1);
    const stages = await seriesOf(receiver, 'kiln_job_stage_seconds_count');
    expect(stages.map(({ metric }) => metric.stage)).toContain('compile');
    await service.inState(await service.submit(keymapOf(2)), 'finished');
    expect(await service.stop()).toMatchObject({ exitCode: 0 });
    const total = await until('the second build to be counted too', async () => {
      const series = await seriesOf(receiver, 'kiln_jobs_ended_total');
      const sum = series.reduce((all, { values }) => all + (values.at(-1) ?? 0), 0);
      return sum === 2 ? sum : null;
    });
    expect(total).toBe(2);
  }, 90_000);
});

describe('a collector that is not there', () => {
  it('keeps nobody waiting, and is named in the log', async () => {
    const place = testPlace();
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const service = await place.serve({
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
        // The exporter's own; it tries again until then.
        OTEL_EXPORTER_OTLP_TIMEOUT: '1500',
      },
    });
    await service.inState(await service.submit(keymapOf(3)), 'finished');
    await until('the log to say so', async () => {
      const said = service.command.stderr().includes('metrics could not be sent to the collector');
      return said ? true : null;
    });
    expect(await service.stop()).toMatchObject({ exitCode: 0 });
  }, 90_000);
});
