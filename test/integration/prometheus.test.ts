/** The numbers of a real service, collected by a real Prometheus; its own tool looks at the rules. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../fixtures/service/free-port.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/observability');
const BIN = process.env.KILN_TEST_PROMETHEUS;
const program = (name: string) => (BIN === undefined ? name : join(BIN, name));
const REASON =
  spawnSync(program('promtool'), ['--version']).status === 0
    ? ''
    : ' (skipped: there is no Prometheus; KILN_TEST_PROMETHEUS names the folder of its programs)';

beforeAll(requireTools);

/** Names of metrics that an expression reads. */
function metricsOf(text: string): readonly string[] {
  return [...new Set(text.match(/\bkiln_[a-z_]+/g) ?? [])];
}

describe('metrics', () => {
  it('hold what the rules and the dashboard read, and nothing that names a person', async () => {
    const place = testPlace();
    const service = await place.serve();
    const id = await service.submit(keymapOf(1));
    await service.inState(id, 'finished');
    const text = await until('the job to be counted', async () => {
      const answer = await (await service.request('/metrics')).text();
      return answer.includes('kiln_jobs_ended_total{') ? answer : null;
    });
    expect(text).toMatch(/^kiln_jobs_ended_total\{outcome="built",path="full"\} 1$/m);
    expect(text).toMatch(/^kiln_job_stage_seconds_count\{stage="compile",path="full"\} 1$/m);
    expect(text).toMatch(/^kiln_workers\{state="idle"\} 1$/m);
    expect(text).not.toContain('127.0.0.1');
    expect(text).not.toContain('pad4x4');
    const wanted = ['kiln.rules.yml', 'grafana-dashboard.json'].flatMap((name) =>
      metricsOf(readFileSync(join(FOLDER, name), 'utf8')),
    );
    const known = metricsOf(text);
    // What has no value yet still says what it is.
    const missing = wanted.filter((name) => !known.includes(name));
    expect(missing).toEqual([]);
    await service.stop();
    const quiet = await place.serve({ env: { SKIP_METRICS: 'true' } });
    expect((await quiet.request('/metrics')).status).toBe(404);
    await quiet.stop();
  }, 90_000);
});

describe.skipIf(REASON !== '')(`Prometheus${REASON}`, () => {
  it('finds the rules and its configuration in order', () => {
    for (const args of [
      ['check', 'rules', join(FOLDER, 'kiln.rules.yml')],
      ['check', 'config', join(FOLDER, 'prometheus.yml')],
    ]) {
      const { status, stdout, stderr } = spawnSync(program('promtool'), args, { encoding: 'utf8' });
      expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({
        status: 0,
        said: '',
      });
    }
  });

  it('collects from a service with the configuration that is shipped', async () => {
    const place = testPlace();
    const service = await place.serve();
    const port = await freePort();
    copyFileSync(join(FOLDER, 'kiln.rules.yml'), join(place.folder, 'kiln.rules.yml'));
    const shipped = readFileSync(join(FOLDER, 'prometheus.yml'), 'utf8');
    const config = shipped
      .replace('localhost:5001', new URL(service.url).host)
      .replace('15s', '1s');
    writeFileSync(join(place.folder, 'prometheus.yml'), config);
    const prometheus = spawn(
      program('prometheus'),
      [
        `--config.file=${join(place.folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(place.folder, 'tsdb')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    onTestFinished(async () => {
      prometheus.kill('SIGKILL');
      if (prometheus.exitCode === null) await once(prometheus, 'exit');
    });
    const ask = async (query: string): Promise<string | null> => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
      const answer = await fetch(url).catch(() => null);
      const body = (await answer?.json().catch(() => null)) as {
        data?: { result: { value: [number, string] }[] };
      } | null;
      return body?.data?.result[0]?.value[1] ?? null;
    };
    expect(
      await until('a collection', async () => (await ask('up{job="kiln"}')) === '1', 60_000),
    ).toBe(true);
    expect(await ask('sum(kiln_workers)')).toBe('1');
    prometheus.kill('SIGTERM');
    await once(prometheus, 'exit');
    await service.stop();
  }, 120_000);
});
