/**
 * From a keymap to its image on a real tree, every way there is: `qmk compile` (clean, and again after one key changed), and
 * Kiln's service from POST to the image stored (a keyboard's first build, a changed key, the same keymap again), beside
 * the bare commands that a changed key needs: one compile, the link, the conversion. Builds are contained, as people have
 * them.
 *
 * KILN_TEST_QMK_HOME names the tree; it is copied first, since `qmk compile` writes into it. Five runs of one keyboard take
 * minutes: with `--folder` the copy stays and is used again, with `--output` each run is written down and not made again,
 * and `--minutes` ends between two runs.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { Board, PARALLEL } from './build-board.ts';
import { withAccount } from './cpu-account.ts';
import { type BenchmarkOptions, type Figure, median } from './figure.ts';
import type { Measured } from './measure.ts';
import { prepareRealTree } from './real-tree.ts';
import { startService } from './service.ts';

const DEFAULT_KEYBOARDS = ['dz60', 'crkbd/rev1', 'planck/rev6', 'boardsource/unicorne'];
/** Of the image's way: quick ones are repeated more often, for little time. */
const QUICK_REPEATS = 3;

const AIMS = {
  coldToQmk: 0.8,
  warmToQmk: 1 / 40,
  warm: 0.25,
  warmLto: 0.8,
  overBare: 0.1,
  repeated: 0.02,
} as const;

const LEGS = [
  'qmk compile, clean',
  `qmk compile -j ${PARALLEL}, clean`,
  'qmk compile, one key changed',
  `qmk compile -j ${PARALLEL}, one key changed`,
  'kiln, first build',
  'kiln, one key changed',
  'kiln, same again',
  'bare commands',
] as const;
type Leg = (typeof LEGS)[number];

/** One run of one keyboard, every way. */
interface Run {
  readonly keyboard: string;
  readonly hasLto: boolean;
  /** Of the machine, one minute's average, before and after. */
  readonly load: readonly [number, number];
  readonly legs: Readonly<Partial<Record<Leg, readonly Measured[]>>>;
}

async function measureRun(board: Board): Promise<Run> {
  const [load = 0] = loadavg();
  const legs: Partial<Record<Leg, Measured[]>> = {};
  const note = (leg: Leg, measured: Measured): void => {
    legs[leg] = [...(legs[leg] ?? []), measured];
  };
  board.changeKey();
  note(LEGS[0], board.qmk(true));
  board.changeKey();
  note(LEGS[2], board.qmk(false));
  board.changeKey();
  note(LEGS[1], board.qmk(true, PARALLEL));
  board.changeKey();
  note(LEGS[3], board.qmk(false, PARALLEL));
  board.forgetPlans();
  board.changeKey();
  note('kiln, first build', await board.kiln('full'));
  await board.plansMade();
  const steps = board.planSteps();
  for (let repeat = 0; repeat < QUICK_REPEATS; repeat += 1) {
    board.changeKey();
    note('kiln, one key changed', await board.kiln('plan'));
    note('kiln, same again', await board.kiln('stored'));
    note('bare commands', board.bare(steps));
  }
  const hasLto = steps.some(({ args }) => args.includes('-flto'));
  return {
    keyboard: board.keyboard,
    hasLto,
    load: [load, loadavg()[0] ?? 0],
    legs,
  };
}

function* figuresOf(keyboard: string, runs: readonly Run[]): Generator<Figure> {
  const of = (leg: Leg, clock: keyof Measured) =>
    runs.flatMap(({ legs }) => (legs[leg] ?? []).map((measured) => measured[clock]));
  const wall = (leg: Leg) => median(of(leg, 'wallSeconds'));
  const hasLto = runs.some((run) => run.hasLto);
  const aims: Partial<Record<Leg, number>> = {
    'kiln, one key changed': hasLto ? AIMS.warmLto : AIMS.warm,
    'kiln, same again': AIMS.repeated,
  };
  yield {
    figure: `${keyboard} load of the machine`,
    value: median(runs.flatMap(({ load }) => load)),
    unit: '',
    runs: runs.flatMap(({ load }) => load),
  };
  for (const leg of LEGS) {
    for (const [name, clock] of [
      ['wall', 'wallSeconds'],
      ['cpu', 'cpuSeconds'],
    ] as const) {
      const all = of(leg, clock);
      const target = clock === 'wallSeconds' ? aims[leg] : undefined;
      yield {
        figure: `${keyboard} ${name}, ${leg}`,
        value: median(all),
        unit: 's',
        runs: all,
        ...(target === undefined ? {} : { target }),
      };
    }
  }
  const ratio = (leg: Leg, to: Leg, target?: number): Figure => ({
    figure: `${keyboard} ${leg} ÷ ${to}`,
    value: wall(leg) / wall(to),
    unit: 'ratio',
    ...(target === undefined ? {} : { target }),
  });
  yield ratio('kiln, first build', LEGS[1], AIMS.coldToQmk);
  yield ratio('kiln, one key changed', LEGS[2], AIMS.warmToQmk);
  yield ratio('kiln, one key changed', LEGS[3]);
  // Which a machine with more to do than this changes less than the clock on the wall.
  for (const [leg, to] of [
    ['kiln, first build', LEGS[1]],
    ['kiln, one key changed', LEGS[2]],
  ] as const) {
    const value = median(of(leg, 'cpuSeconds')) / median(of(to, 'cpuSeconds'));
    yield { figure: `${keyboard} cpu, ${leg} ÷ ${to}`, value, unit: 'ratio' };
  }
  yield {
    figure: `${keyboard} kiln, one key changed − bare commands`,
    value: wall('kiln, one key changed') - wall('bare commands'),
    unit: 's',
    target: AIMS.overBare,
  };
}

function runsIn(file: string | undefined): Run[] {
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Run);
}

export async function* benchmark(options: BenchmarkOptions): AsyncGenerator<Figure> {
  const { output, say } = options;
  const until = performance.now() + (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const known = runsIn(output);
  const runsOf = (keyboard: string) => known.filter((run) => run.keyboard === keyboard);
  const boards = options.boards ?? DEFAULT_KEYBOARDS;
  const isOpen = (keyboard: string) => runsOf(keyboard).length < options.runs;
  if (boards.some(isOpen)) {
    const bench = prepareRealTree(say, options.folder);
    try {
      if (bench.isNew) bench.kiln('tree', 'add', 'bench', bench.tree, '--json');
      const { started: service, account } = await withAccount(() =>
        startService({ ...bench.env, KILN_SANDBOX: 'best' }),
      );
      try {
        for (const keyboard of boards.filter(isOpen)) {
          const board = new Board(
            bench,
            service,
            account,
            keyboard,
            Math.floor(Math.random() * 10_000),
          );
          // What the tree's Python compiles, and what the service reads of the tree, once for all boards.
          board.changeKey();
          await board.kiln();
          await board.plansMade();
          while (isOpen(keyboard) && performance.now() < until) {
            say(`${keyboard}: run ${runsOf(keyboard).length + 1} of ${options.runs}`);
            const run = await measureRun(board);
            known.push(run);
            if (output !== undefined) appendFileSync(output, `${JSON.stringify(run)}\n`);
          }
          if (performance.now() > until) break;
        }
      } finally {
        await service.stop();
        account?.close();
      }
    } finally {
      bench.remove();
    }
  }
  for (const keyboard of boards) {
    const runs = runsOf(keyboard);
    if (isOpen(keyboard)) say(`${keyboard}: ${runs.length} of ${options.runs} runs so far`);
    if (runs.length > 0) yield* figuresOf(keyboard, runs);
  }
}
