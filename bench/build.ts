/**
 * From a keymap to its image on a real tree, every way there is: `qmk compile` (clean, and again after one key changed), and
 * Kiln's service from POST to the image stored (a keyboard's first build, a changed key, the same keymap again), beside
 * the bare commands that a changed key needs: one compile, the link, the conversion. Builds are contained, as people have
 * them.
 *
 * KILN_TEST_QMK_HOME names the tree; it is copied first, since `qmk compile` writes into it.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type BenchmarkOptions, type Figure, median } from './figure.ts';
import { type Measured, measure } from './measure.ts';
import { benchKeymap, prepareRealTree, type RealTree } from './real-tree.ts';
import { type Service, startService } from './service.ts';

const DEFAULT_KEYBOARDS = ['dz60', 'crkbd/rev1', 'planck/rev6', 'boardsource/unicorne'];
/** Of the image's way: quick ones are repeated more often, for little time. */
const QUICK_REPEATS = 3;
const POLL_MS = 2;

const AIMS = {
  coldToQmk: 0.8,
  warmToQmk: 1 / 40,
  warm: 0.25,
  warmLto: 0.8,
  overBare: 0.1,
  repeated: 0.02,
} as const;

type Way = 'full' | 'plan' | 'stored';

interface Ended {
  readonly wallSeconds: number;
  readonly path: Way;
}

class Board {
  readonly #bench: RealTree;
  readonly #service: Service;
  readonly keyboard: string;
  readonly #keymap: Record<string, unknown> & { layers: string[][] };
  #changes = 0;

  constructor(bench: RealTree, service: Service, keyboard: string) {
    this.#bench = bench;
    this.#service = service;
    this.keyboard = keyboard;
    this.#keymap = benchKeymap(bench, keyboard);
  }

  /** Another key on the first place, one that no earlier keymap had there. */
  changeKey(): void {
    this.#changes += 1;
    const letter = (number: number) => String.fromCharCode(65 + (number % 26));
    const first = this.#keymap.layers[0];
    if (first === undefined) throw new Error('the keymap has no layer');
    first[0] = `KC_${letter(this.#changes)}`;
    first[1] = `KC_${letter(Math.floor(this.#changes / 26))}`;
  }

  qmk(isClean: boolean): Measured {
    const { tree, folder, env } = this.#bench;
    if (isClean) rmSync(join(tree, '.build'), { recursive: true, force: true });
    const file = join(folder, 'keymap.json');
    writeFileSync(file, JSON.stringify(this.#keymap));
    const parallel = String(availableParallelism());
    return measure(['qmk', 'compile', '-j', parallel, file], { cwd: tree, env });
  }

  /** Whichever way: for what happens only once. */
  async warmUp(): Promise<void> {
    await this.#postAndWait();
  }

  /** @throws when the service took another way than the one that is measured. */
  async kiln(expected: Way): Promise<number> {
    const { wallSeconds, path } = await this.#postAndWait();
    if (path !== expected) throw new Error(`${this.keyboard}: ${path} instead of ${expected}`);
    return wallSeconds;
  }

  async #postAndWait(): Promise<Ended> {
    const startedAt = performance.now();
    const posted = await fetch(`${this.#service.url}/v1/compile`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...this.#keymap, branch: 'bench' }),
    });
    const { job_id: id, error } = (await posted.json()) as { job_id?: string; error?: unknown };
    if (id === undefined) throw new Error(`refused: ${JSON.stringify(error)}`);
    for (;;) {
      const answer = await fetch(`${this.#service.url}/kiln/v1/jobs/${id}`);
      const view = (await answer.json()) as {
        state: string;
        result?: { returncode: number; output: string; way: { path: Way } } | null;
      };
      if (view.state === 'finished' && view.result != null) {
        if (view.result.returncode !== 0) throw new Error(view.result.output.slice(-2000));
        return {
          wallSeconds: (performance.now() - startedAt) / 1000,
          path: view.result.way.path,
        };
      }
      if (!['queued', 'running'].includes(view.state)) throw new Error(JSON.stringify(view));
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** The commands of the newest plan, in the tree that `qmk compile` left, with no Kiln around them. */
  bare(steps: readonly Step[]): Measured {
    const { tree, folder, env } = this.#bench;
    const script = join(folder, 'bare.sh');
    writeFileSync(script, steps.map(({ program, args }) => shell([program, ...args])).join('\n'));
    return measure(['sh', '-e', script], { cwd: tree, env });
  }
}

interface Step {
  readonly program: string;
  readonly args: readonly string[];
}

function shell(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}

/** Commands of the one plan that is there which was not there before. */
function newPlan(folder: string, known: Set<string>): readonly Step[] {
  const [key] = readdirSync(folder).filter((name) => !name.startsWith('.') && !known.has(name));
  if (key === undefined) throw new Error('the first build left no plan');
  known.add(key);
  const text = readFileSync(join(folder, key, 'plan.json'), 'utf8');
  return (JSON.parse(text.slice(text.indexOf('\n') + 1)) as { steps: Step[] }).steps;
}

function figureOf(figure: string, runs: readonly number[], target?: number): Figure {
  return {
    figure,
    value: median(runs),
    unit: 's',
    runs,
    ...(target === undefined ? {} : { target }),
  };
}

function ratioOf(
  figure: string,
  of: readonly number[],
  to: readonly number[],
  target: number,
): Figure {
  return { figure, value: median(of) / median(to), unit: 'ratio', target };
}

interface Walls {
  readonly clean: Measured[];
  readonly changed: Measured[];
  readonly cold: number[];
  readonly warm: number[];
  readonly repeated: number[];
  readonly bare: Measured[];
}

async function measureBoard(
  board: Board,
  plansFolder: string,
  known: Set<string>,
  { runs, say }: BenchmarkOptions,
): Promise<Walls & { readonly hasLto: boolean }> {
  const walls: Walls = { clean: [], changed: [], cold: [], warm: [], repeated: [], bare: [] };
  let hasLto = false;
  for (let run = 1; run <= runs; run += 1) {
    say(`${board.keyboard}: run ${run} of ${runs}`);
    board.changeKey();
    walls.clean.push(board.qmk(true));
    board.changeKey();
    walls.changed.push(board.qmk(false));
    // Without its plan, a keyboard is one that was never built.
    for (const name of readdirSync(plansFolder))
      rmSync(join(plansFolder, name), { recursive: true });
    known.clear();
    board.changeKey();
    walls.cold.push(await board.kiln('full'));
    const steps = newPlan(plansFolder, known);
    hasLto = steps.some(({ args }) => args.includes('-flto'));
    for (let repeat = 0; repeat < QUICK_REPEATS; repeat += 1) {
      board.changeKey();
      walls.warm.push(await board.kiln('plan'));
      walls.repeated.push(await board.kiln('stored'));
      walls.bare.push(board.bare(steps));
    }
  }
  return { ...walls, hasLto };
}

function* figuresOf(
  keyboard: string,
  walls: Walls & { readonly hasLto: boolean },
): Generator<Figure> {
  const wall = (all: readonly Measured[]) => all.map(({ wallSeconds }) => wallSeconds);
  const cpu = (all: readonly Measured[]) => all.map(({ cpuSeconds }) => cpuSeconds);
  const { clean, changed, cold, warm, repeated, bare, hasLto } = walls;
  yield figureOf(`${keyboard} wall, qmk compile, clean`, wall(clean));
  yield figureOf(`${keyboard} cpu, qmk compile, clean`, cpu(clean));
  yield figureOf(`${keyboard} wall, qmk compile, one key changed`, wall(changed));
  yield figureOf(`${keyboard} cpu, qmk compile, one key changed`, cpu(changed));
  yield figureOf(`${keyboard} wall, kiln, first build`, cold);
  yield figureOf(
    `${keyboard} wall, kiln, one key changed`,
    warm,
    hasLto ? AIMS.warmLto : AIMS.warm,
  );
  yield figureOf(`${keyboard} wall, kiln, same again`, repeated, AIMS.repeated);
  yield figureOf(`${keyboard} wall, bare commands`, wall(bare));
  yield figureOf(`${keyboard} cpu, bare commands`, cpu(bare));
  yield ratioOf(`${keyboard} first build, kiln ÷ qmk`, cold, wall(clean), AIMS.coldToQmk);
  yield ratioOf(`${keyboard} one key changed, kiln ÷ qmk`, warm, wall(changed), AIMS.warmToQmk);
  yield {
    figure: `${keyboard} one key changed, kiln − bare`,
    value: median(warm) - median(wall(bare)),
    unit: 's',
    target: AIMS.overBare,
  };
}

export async function* benchmark(options: BenchmarkOptions): AsyncGenerator<Figure> {
  const bench = prepareRealTree(options.say);
  const env = { ...bench.env, KILN_SANDBOX: 'best' };
  try {
    bench.kiln('tree', 'add', 'bench', bench.tree, '--json');
    const service = await startService(env);
    try {
      const plansFolder = join(bench.dataDir, 'cache/plans');
      const boards = options.boards ?? DEFAULT_KEYBOARDS;
      for (const keyboard of boards) {
        const board = new Board(bench, service, keyboard);
        // What the tree's Python compiles, and what the service reads of the tree, once for all boards.
        board.changeKey();
        await board.warmUp();
        const walls = await measureBoard(board, plansFolder, new Set(), options);
        yield* figuresOf(keyboard, walls);
      }
    } finally {
      await service.stop();
    }
  } finally {
    bench.remove();
  }
}
