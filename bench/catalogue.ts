/**
 * The catalogue of a full QMK tree against the tree's own `qmk generate-api`, in one run: time to the list, to a first
 * keyboard (in a process of its own, and of a service that has just started), to all of them, and after one keyboard
 * was changed; CPU and peak memory; search.
 *
 * KILN_TEST_QMK_HOME names the tree; it is copied first. Each figure is one run, but for search and list (medians):
 * `qmk generate-api` alone takes minutes.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexingCommand } from '../cli/service/indexing.ts';
import { createCatalogues } from '../core/catalogue/catalogues.ts';
import { openDatabase } from '../core/db/database.ts';
import { createLogger } from '../core/log.ts';
import { dataPaths, loadSettings } from '../core/settings.ts';
import { createToolchain } from '../core/toolchain/toolchain.ts';
import { createGit } from '../core/trees/git.ts';
import { createTreeRegistry } from '../core/trees/registry.ts';
import { type BenchmarkOptions, type Figure, median } from './figure.ts';
import { measure } from './measure.ts';
import { KILN, prepareRealTree, type RealTree } from './real-tree.ts';
import { startService } from './service.ts';

/** Far enough down the list that the service has not come to them when they are asked for. */
const ASKED_AT_START = [
  'planck/rev6',
  'sofle/keyhive',
  'viktus/sp111',
  'preonic/rev3',
  'reviung/reviung41',
];
const CHANGED = 'dz60';
const CHANGED_FILE = `keyboards/${CHANGED}/keyboard.json`;
/** One and the same in all runs, so that a run shows what it changed. */
const NEW_MAINTAINER = 'bench';
const QUERIES = [
  'planck',
  'dz60 atmega',
  'corne',
  '0x03A8',
  'rp2040 split',
  '60',
  'keychron q1',
  'zz',
];

interface Peak {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Highest sum of resident sizes of the command and its descendants, in MB. */
  readonly megabytes: number;
}

/** Resident size, in MB, and CPU seconds of the processes below (and with) one, Linux only. */
function family(root: number): { megabytes: number; pids: number[] } {
  const pids = [root];
  let kilobytes = 0;
  for (const pid of pids) {
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
      pids.push(...children.split(' ').filter(Boolean).map(Number));
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      kilobytes += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    } catch {
      // It ended between two looks.
    }
  }
  return { megabytes: kilobytes / 1024, pids };
}

/** Like `measure`, with the memory looked at ten times a second. */
async function measurePeak(
  command: readonly string[],
  cwd: string,
  env: RealTree['env'],
): Promise<Peak> {
  const startedAt = performance.now();
  const child = spawn('bash', ['-c', '"$@" >&2 || exit; times', 'measure', ...command], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  let megabytes = 0;
  const timer = setInterval(() => {
    megabytes = Math.max(megabytes, family(child.pid ?? 0).megabytes);
  }, 100);
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(timer);
  if (exitCode !== 0) throw new Error(`${command.slice(0, 2).join(' ')} … failed`);
  const line = text.trim().split('\n').at(-1) ?? '';
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  const cpuSeconds = parts.reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  return { seconds: (performance.now() - startedAt) / 1000, cpuSeconds, megabytes };
}

function openCatalogues(real: RealTree) {
  const settings = loadSettings({ dataDir: real.dataDir }, real.env);
  const paths = dataPaths(settings);
  const database = openDatabase(paths.database);
  const toolchain = createToolchain(settings, paths);
  const git = createGit(toolchain);
  const catalogues = createCatalogues({
    file: paths.catalogue,
    trees: createTreeRegistry({ database, folder: paths.trees, git }),
    toolchainOf: () => toolchain,
    git,
    cacheFolder: join(real.dataDir, 'cache'),
    log: createLogger({ level: 'error', name: 'bench' }),
  });
  const close = async (): Promise<void> => {
    await catalogues.close();
    database.close();
  };
  return { catalogues, close };
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const startedAt = performance.now();
  const result = await work();
  return { ms: performance.now() - startedAt, result };
}

/** Wall clock of `kiln tree add`, after which the list is there. */
function measureLists(real: RealTree, runs: number): number[] {
  return Array.from({ length: runs }, (_, run) => {
    const name = `bench${run}`;
    const { wallSeconds } = measure([process.execPath, KILN, 'tree', 'add', name, real.tree], {
      cwd: real.folder,
      env: real.env,
    });
    if (run > 0) real.kiln('tree', 'remove', name);
    return wallSeconds;
  });
}

/** Nothing is read from here on. */
function removeCatalogue(real: RealTree): void {
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(join(real.dataDir, `catalogue.sqlite${suffix}`), { force: true });
  }
}

/** Milliseconds from a service's word that it is ready to its answer for a keyboard that nobody has read. */
async function measureStarts(real: RealTree): Promise<number[]> {
  const times: number[] = [];
  for (const keyboard of ASKED_AT_START) {
    removeCatalogue(real);
    const service = await startService(real.env);
    const address = `${service.url}/kiln/v1/trees/bench0/v1/keyboards/${keyboard}/info.json`;
    try {
      const { ms, result } = await timed(() => fetch(address));
      if (!result.ok) throw new Error(`${keyboard}: ${await result.text()}`);
      times.push(ms);
    } finally {
      await service.stop();
    }
  }
  return times;
}

function changeKeyboard(real: RealTree): void {
  const file = join(real.tree, CHANGED_FILE);
  const content = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...content, maintainer: NEW_MAINTAINER }));
}

/** The list and first keyboards within one process. */
async function* firstQuestions(real: RealTree): AsyncGenerator<Figure> {
  const { catalogues, close } = openCatalogues(real);
  try {
    const catalogue = await catalogues.forTree('bench0');
    const list = await timed(() => catalogue.keyboards());
    yield { figure: 'list within a process', value: list.ms, unit: 'ms', target: 2000 };
    const first = await timed(() => catalogue.info('planck/rev6'));
    yield {
      figure: 'first keyboard, its Python started for it',
      value: first.ms,
      unit: 'ms',
      target: 1000,
    };
    const next = await timed(() => catalogue.info('dz60'));
    yield { figure: 'next keyboard', value: next.ms, unit: 'ms', target: 1000 };
  } finally {
    await close();
  }
}

async function* searches(real: RealTree, runs: number): AsyncGenerator<Figure> {
  const { catalogues, close } = openCatalogues(real);
  try {
    const changed = await (await catalogues.forTree('bench0')).info(CHANGED);
    if (changed.maintainer !== NEW_MAINTAINER) throw new Error('the change was not read');
    for (const query of QUERIES) {
      const times: number[] = [];
      for (let run = 0; run < runs * 4; run += 1) {
        times.push((await timed(() => catalogues.search(query, 20))).ms);
      }
      yield {
        figure: `search “${query}”`,
        value: median(times),
        unit: 'ms',
        runs: times,
        target: 20,
      };
    }
  } finally {
    await close();
  }
}

export async function* benchmark({ runs, say }: BenchmarkOptions): AsyncGenerator<Figure> {
  const real = prepareRealTree(say);
  try {
    say('Listing');
    const lists = measureLists(real, runs);
    yield {
      figure: 'list: kiln tree add',
      value: median(lists),
      unit: 's',
      runs: lists,
      target: 2,
    };
    yield* firstQuestions(real);

    say('Starting services');
    const starts = await measureStarts(real);
    yield {
      figure: 'first keyboard of a service just started',
      value: median(starts),
      unit: 'ms',
      runs: starts,
      target: 1000,
    };

    say('Indexing all keyboards');
    removeCatalogue(real);
    const settings = loadSettings({ dataDir: real.dataDir }, real.env);
    const { args, env } = indexingCommand({ settings, logFile: undefined });
    const indexAll = () => measurePeak([process.execPath, ...args], real.folder, env);
    const index = await indexAll();
    yield { figure: 'full index, wall', value: index.seconds, unit: 's' };
    yield { figure: 'full index, CPU', value: index.cpuSeconds, unit: 's' };
    yield { figure: 'full index, peak memory', value: index.megabytes, unit: 'MB' };

    changeKeyboard(real);
    const again = await indexAll();
    yield {
      figure: 're-index after one keyboard was changed, wall',
      value: again.seconds,
      unit: 's',
      target: 2,
    };
    yield* searches(real, runs);

    say('Running qmk generate-api, for minutes');
    const stock = await measurePeak(['qmk', 'generate-api'], real.tree, real.env);
    yield { figure: 'qmk generate-api, wall', value: stock.seconds, unit: 's' };
    yield { figure: 'qmk generate-api, CPU', value: stock.cpuSeconds, unit: 's' };
    yield { figure: 'qmk generate-api, peak memory', value: stock.megabytes, unit: 'MB' };
    yield {
      figure: 'full index ÷ generate-api, CPU',
      value: index.cpuSeconds / stock.cpuSeconds,
      unit: 'ratio',
      target: 0.2,
    };
    yield {
      figure: 'full index ÷ generate-api, peak memory',
      value: index.megabytes / stock.megabytes,
      unit: 'ratio',
      target: 0.5,
    };
  } finally {
    real.remove();
  }
}
