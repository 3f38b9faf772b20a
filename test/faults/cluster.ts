/**
 * `npm run test:cluster -- [--jobs N] [--seed S] [--rolling]`: several hosts on one machine, which are killed, cut off and
 * restarted while people build; with --rolling each is only restarted, one after the other, again and again. Exit code 1
 * when a promise was broken; left out aloud where the kernel's namespaces cannot be had.
 */
import { parseArgs } from 'node:util';
import { NO_HAPROXY } from '../fixtures/cluster/haproxy.ts';
import { NO_REDIS } from '../fixtures/redis/redis-server.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';
import { clusterStorm, TROUBLES } from './cluster-storm.ts';
import { withoutNamespaces } from './network.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '500' },
    rolling: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
  },
});
const jobs = Number(values.jobs);
const seed = Number(values.seed);
if (!Number.isInteger(jobs) || jobs < 1 || !Number.isInteger(seed) || seed < 0) {
  console.error('--jobs and --seed take whole numbers.');
  process.exit(2);
}
const missing = NO_REDIS ? 'redis-server' : NO_HAPROXY ? 'haproxy' : null;
const reason = missing === null ? withoutNamespaces() : `there is no ${missing}`;
if (reason !== '') {
  console.log(`Left out: ${reason}. Nothing was tested.`);
  process.exit(0);
}

requireTools();
const began = performance.now();
console.log(`seed ${seed}, ${jobs} jobs`);
const summary = await clusterStorm({
  jobs,
  seed,
  rolling: values.rolling,
  say: (line) => {
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(`  ${String(seconds).padStart(5)} s  ${line}`);
  },
});
const met = values.rolling
  ? `all hosts restarted in turn ${summary.rounds} times`
  : TROUBLES.map((name) => `${name} ${summary.troubles[name]}`).join(', ');
console.log(`${summary.seconds} s; ${met}`);
console.log(
  `${summary.accepted} jobs accepted, ${summary.finished} finished, ${summary.retried} built again; ` +
    `${summary.requests} requests, the longest ${summary.longestRequestMs} ms`,
);
const isShort = values.rolling && summary.rounds === 0;
if (isShort) console.log('The people were done before every host was restarted: take more --jobs.');
console.log(
  summary.violations.length === 0
    ? 'All promises held.'
    : `${summary.violations.length} promises were broken.`,
);
process.exitCode = summary.violations.length === 0 && !isShort ? 0 : 1;
