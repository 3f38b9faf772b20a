/**
 * Ten people change keys on ten keyboards for five minutes, each as fast as the answers come: no error, the right image
 * each time, a service whose memory stays, and plans within their bound on the disk. On the real tree that
 * KILN_TEST_QMK_HOME names, else on the starter tree, whose two keyboards have to do for ten under five names each.
 * Linux only.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchmarkOptions, type Figure, median } from './figure.ts';
import { benchKeymap, prepareRealTree } from './real-tree.ts';
import { startService } from './service.ts';
import { trendOf } from './soak/trend.ts';

/** Small ones, of several processors. */
const REAL_KEYBOARDS = [
  'dz60',
  '1upkeyboards/1up60hse',
  'gh60/satan',
  'kbdfans/kbd67/rev2',
  'lets_split/rev2',
  'planck/rev6',
  'boardsource/unicorne',
  'preonic/rev3',
  'clueboard/66/rev3',
  'xiudi/xd75',
];
const STARTER_KEYBOARDS = ['kiln/pad4x4', 'kiln/sixty'];
const CLIENTS = 10;
const DEFAULT_SECONDS = 300;
const LOOK_EVERY_MS = 2000;
const PLAN_BOUND_MIB = 256;
/** What a process may come to hold in the time, besides what its collector has not yet looked at. */
const ALLOWED_GROWTH_MIB = 16;
const MIB = 1024 * 1024;

interface Keymap {
  readonly keyboard: string;
  readonly layers: string[][];
  readonly [member: string]: unknown;
}

interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  readonly keymaps: readonly Keymap[];
  remove(): void;
}

function realPlace(options: BenchmarkOptions): Place {
  const real = prepareRealTree(options.say, options.folder);
  if (real.isNew) real.kiln('tree', 'add', 'bench', real.tree, '--json');
  const names = options.boards ?? REAL_KEYBOARDS;
  const keymaps = names.map((name, index) => ({
    ...benchKeymap(real, name),
    keymap: `client${index}`,
    branch: 'bench',
  }));
  return { ...real, keymaps, remove: () => real.remove() };
}

function starterPlace(): Place {
  const dataDir = mkdtempSync(join(tmpdir(), 'kiln-ten-clients-'));
  const starter = join(import.meta.dirname, '../resources/starter/keyboards');
  const keymaps = Array.from({ length: CLIENTS }, (_, index): Keymap => {
    const keyboard = STARTER_KEYBOARDS[index % STARTER_KEYBOARDS.length] ?? '';
    const file = join(starter, keyboard, 'keymaps/default/keymap.json');
    return { ...(JSON.parse(readFileSync(file, 'utf8')) as Keymap), keymap: `client${index}` };
  });
  const env = { ...process.env, KILN_DATA_DIR: dataDir };
  return { env, dataDir, keymaps, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

interface Counted {
  readonly errors: string[];
  readonly seconds: number[];
  readonly ways: Map<string, number>;
}

/** One person at one keyboard. Images are told apart by their SHA-256: one for each keymap, and none for two. */
class Client {
  readonly #url: string;
  readonly #keymap: Keymap;
  readonly #counted: Counted;
  readonly #images = new Map<string, string>();
  #changes = 0;

  constructor(url: string, keymap: Keymap, counted: Counted) {
    this.#url = url;
    this.#keymap = structuredClone(keymap);
    this.#counted = counted;
  }

  /** Every fourth change is taken back, so that a keymap comes again. */
  #changeKey(): void {
    this.#changes += 1;
    const number = this.#changes % 4 === 0 ? this.#changes - 2 : this.#changes;
    const letter = (digit: number) => `KC_${String.fromCharCode(65 + (digit % 26))}`;
    const first = this.#keymap.layers[0] ?? [];
    first[0] = letter(number);
    first[1] = letter(Math.floor(number / 26));
  }

  async build(): Promise<void> {
    this.#changeKey();
    const startedAt = performance.now();
    try {
      const way = await this.#buildNow();
      this.#counted.ways.set(way, (this.#counted.ways.get(way) ?? 0) + 1);
      this.#counted.seconds.push((performance.now() - startedAt) / 1000);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#counted.errors.push(`${this.#keymap.keyboard}: ${text}`);
    }
  }

  async #buildNow(): Promise<string> {
    const text = JSON.stringify(this.#keymap);
    const posted = await fetch(`${this.#url}/v1/compile`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    });
    if (!posted.ok) throw new Error(`${posted.status} ${await posted.text()}`);
    const { job_id: id } = (await posted.json()) as { job_id: string };
    await (await fetch(`${this.#url}/kiln/v1/jobs/${id}/events`)).text();
    const view = (await (await fetch(`${this.#url}/kiln/v1/jobs/${id}`)).json()) as {
      state: string;
      result?: { returncode: number; firmwareSha256: string; way: { path: string } };
    };
    const { result } = view;
    if (result?.returncode !== 0) throw new Error(`it ended as ${JSON.stringify(view)}`);
    const image = await (await fetch(`${this.#url}/v1/compile/${id}/download`)).arrayBuffer();
    const digest = createHash('sha256').update(Buffer.from(image)).digest('hex');
    if (digest !== result.firmwareSha256) throw new Error('the download is another image');
    this.#judge(text, digest);
    return result.way.path;
  }

  #judge(keymap: string, digest: string): void {
    const before = this.#images.get(keymap);
    const isOthers = [...this.#images].some(([text, image]) => image === digest && text !== keymap);
    if (isOthers || (before !== undefined && before !== digest)) {
      throw new Error('the image is that of another keymap');
    }
    this.#images.set(keymap, digest);
  }
}

function residentMebibytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    // It ended meanwhile.
    return 0;
  }
}

/** Of a service: its workers and checkers, which run as long as it does. */
function workersOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return children.map(Number).filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('worker/');
    } catch {
      return false;
    }
  });
}

function mebibytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const stats = entry.isFile() ? statSync(file, { throwIfNoEntry: false }) : undefined;
    bytes += (stats?.blocks ?? 0) * 512;
  }
  return bytes / MIB;
}

interface Look {
  readonly seconds: number;
  readonly service: number;
  readonly workers: number;
  readonly plans: number;
}

function* figuresOf(counted: Counted, looks: readonly Look[], seconds: number): Generator<Figure> {
  const { errors, seconds: all, ways } = counted;
  yield { figure: 'errors', value: errors.length, unit: '', target: 0 };
  yield { figure: 'builds', value: all.length, unit: '' };
  yield { figure: 'builds a second', value: all.length / seconds, unit: '1/s' };
  for (const [way, count] of ways) yield { figure: `builds, ${way}`, value: count, unit: '' };
  yield { figure: 'from POST to the image in hand', value: median(all), unit: 's', runs: all };
  yield { figure: 'load of the machine', value: loadavg()[0] ?? 0, unit: '' };
  for (const [name, value] of [
    ['service', ({ service }: Look) => service],
    ['workers', ({ workers }: Look) => workers],
  ] as const) {
    const points = looks.map((look) => ({ seconds: look.seconds, value: value(look) }));
    const trend = trendOf(points, ALLOWED_GROWTH_MIB);
    const values = points.map((point) => point.value);
    yield { figure: `memory of the ${name}`, value: trend.median, unit: 'MiB', runs: values };
    yield {
      figure: `memory of the ${name}, growth`,
      value: trend.growth,
      unit: 'MiB',
      target: ALLOWED_GROWTH_MIB,
    };
  }
  const plans = looks.map((look) => look.plans);
  yield {
    figure: 'plans on the disk',
    value: Math.max(...plans),
    unit: 'MiB',
    target: PLAN_BOUND_MIB,
  };
}

export async function* benchmark(options: BenchmarkOptions): AsyncGenerator<Figure> {
  const { say, output, seconds = DEFAULT_SECONDS } = options;
  const isReal = process.env.KILN_TEST_QMK_HOME !== undefined || options.folder !== undefined;
  const place = isReal ? realPlace(options) : starterPlace();
  try {
    const { env, dataDir, keymaps } = place;
    const service = await startService({
      ...env,
      KILN_SANDBOX: 'best',
      KILN_PLAN_CACHE_MIB: String(PLAN_BOUND_MIB),
    });
    try {
      const counted: Counted = { errors: [], seconds: [], ways: new Map() };
      const first: Counted = { errors: counted.errors, seconds: [], ways: new Map() };
      const plansFolder = join(dataDir, 'cache/plans');
      for (const keymap of keymaps) {
        say(`First build of ${keymap.keyboard}`);
        await new Client(service.url, keymap, first).build();
      }
      const clients = keymaps.map((keymap) => new Client(service.url, keymap, counted));
      say(`${clients.length} clients for ${seconds} s`);
      const startedAt = performance.now();
      const elapsed = () => (performance.now() - startedAt) / 1000;
      const looks: Look[] = [];
      const look = (): void => {
        const workers = workersOf(service.pid).map(residentMebibytes);
        const newest: Look = {
          seconds: elapsed(),
          service: residentMebibytes(service.pid),
          workers: workers.reduce((sum, each) => sum + each, 0),
          plans: mebibytesIn(plansFolder),
        };
        looks.push(newest);
        if (output !== undefined) appendFileSync(output, `${JSON.stringify(newest)}\n`);
      };
      const timer = setInterval(look, LOOK_EVERY_MS);
      const work = async (client: Client): Promise<void> => {
        while (elapsed() < seconds) await client.build();
      };
      await Promise.all(clients.map(work)).finally(() => clearInterval(timer));
      for (const error of counted.errors.slice(0, 10)) say(error);
      yield* figuresOf(counted, looks, elapsed());
    } finally {
      await service.stop();
    }
  } finally {
    place.remove();
  }
}
