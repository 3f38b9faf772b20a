/** One keyboard of a real tree, and every way to its image: `qmk compile`, a Kiln service, the bare commands. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CpuAccount } from './cpu-account.ts';
import { type Measured, measure } from './measure.ts';
import { benchKeymap, type RealTree } from './real-tree.ts';
import type { Service } from './service.ts';

type Way = 'full' | 'plan' | 'stored';

interface Step {
  readonly program: string;
  readonly args: readonly string[];
}

const SETTLE_MS = 100;
/** On a machine with much else to do. */
const PLAN_MS = 60_000;

function shell(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}

export class Board {
  readonly #bench: RealTree;
  readonly #service: Service;
  readonly #cpu: CpuAccount | null;
  readonly keyboard: string;
  readonly #keymap: Record<string, unknown> & { layers: string[][] };
  #changes: number;

  /** @param firstChange keymaps of earlier runs on the same data folder are not to come again. */
  constructor(
    bench: RealTree,
    service: Service,
    cpu: CpuAccount | null,
    keyboard: string,
    firstChange: number,
  ) {
    this.#bench = bench;
    this.#service = service;
    this.#cpu = cpu;
    this.keyboard = keyboard;
    this.#changes = firstChange;
    this.#keymap = benchKeymap(bench, keyboard);
  }

  /** Other keys on the first places, which no earlier keymap had there. */
  changeKey(): void {
    this.#changes += 1;
    const letter = (number: number) => String.fromCharCode(65 + (number % 26));
    const first = this.#keymap.layers[0];
    if (first === undefined) throw new Error('the keymap has no layer');
    first[0] = `KC_${letter(this.#changes)}`;
    first[1] = `KC_${letter(Math.floor(this.#changes / 26))}`;
    first[2] = `KC_${letter(Math.floor(this.#changes / 26 / 26))}`;
  }

  /** @param parallel commands at a time; as many as people get who do not say it when absent. */
  qmk(isClean: boolean, parallel?: number): Measured {
    const { tree, folder, env } = this.#bench;
    if (isClean) rmSync(join(tree, '.build'), { recursive: true, force: true });
    const file = join(folder, 'keymap.json');
    writeFileSync(file, JSON.stringify(this.#keymap));
    const jobs = parallel === undefined ? [] : ['-j', String(parallel)];
    return measure(['qmk', 'compile', ...jobs, file], { cwd: tree, env });
  }

  /** From POST to the word that the image is stored; CPU of service and build, 0 where it cannot be told. @throws when it took another way. */
  async kiln(expected?: Way): Promise<Measured> {
    // Commands that were waited for without events: by now, the service may have closed connections that look open here.
    await sleep(SETTLE_MS);
    const before = this.#cpu?.seconds() ?? 0;
    const startedAt = performance.now();
    const id = await this.#post();
    await this.#end(id);
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const cpuSeconds = (this.#cpu?.seconds() ?? 0) - before;
    const view = await (await fetch(`${this.#service.url}/kiln/v1/jobs/${id}`)).json();
    const { result } = view as {
      result?: { returncode: number; output: string; way: { path: Way; reason: string } } | null;
    };
    if (result == null) throw new Error(JSON.stringify(view));
    if (result.returncode !== 0) throw new Error(result.output.slice(-2000));
    const { path, reason } = result.way;
    if (expected !== undefined && path !== expected) {
      throw new Error(`${this.keyboard}: ${path} instead of ${expected}: ${reason}`);
    }
    return { wallSeconds, cpuSeconds };
  }

  async #post(): Promise<string> {
    const posted = await fetch(`${this.#service.url}/v1/compile`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...this.#keymap, branch: 'bench' }),
    });
    const { job_id: id, error } = (await posted.json()) as { job_id?: string; error?: unknown };
    if (id === undefined) throw new Error(`refused: ${JSON.stringify(error)}`);
    return id;
  }

  /** Polls would take time from the build. */
  async #end(id: string): Promise<void> {
    const answer = await fetch(`${this.#service.url}/kiln/v1/jobs/${id}/events`);
    if (!answer.ok) throw new Error(await answer.text());
    await answer.text();
  }

  /** The commands of a plan, in the tree that `qmk compile` left, with no Kiln around them. */
  bare(steps: readonly Step[]): Measured {
    const { tree, folder, env } = this.#bench;
    const script = join(folder, 'bare.sh');
    // A community module's objects are named by the tree's own folder, where `qmk compile` made them.
    const here = (word: string) => word.replaceAll('{root}', tree);
    const lines = steps.map(({ program, args }) => shell([program, ...args.map(here)]));
    writeFileSync(script, lines.join('\n'));
    return measure(['sh', '-e', script], { cwd: tree, env });
  }

  get #plansFolder(): string {
    return join(this.#bench.dataDir, 'cache/plans');
  }

  /** Without its plan, a keyboard is one that was never built. */
  forgetPlans(): void {
    for (const name of readdirSync(this.#plansFolder)) {
      rmSync(join(this.#plansFolder, name), { recursive: true });
    }
  }

  /** A first build's plan is made when its job has ended. */
  async plansMade(): Promise<void> {
    const isComing = () =>
      readdirSync(this.#plansFolder).some((name) => name.startsWith('.coming-'));
    for (let waited = 0; isComing(); waited += SETTLE_MS) {
      if (waited > PLAN_MS) throw new Error('the first build’s plan is not made');
      await sleep(SETTLE_MS);
    }
  }

  /** Commands of the one plan that is there. */
  planSteps(): readonly Step[] {
    const [key] = readdirSync(this.#plansFolder).filter((name) => !name.startsWith('.'));
    if (key === undefined) throw new Error('the first build left no plan');
    const text = readFileSync(join(this.#plansFolder, key, 'plan.json'), 'utf8');
    return (JSON.parse(text.slice(text.indexOf('\n') + 1)) as { steps: Step[] }).steps;
  }
}

/** Commands at a time, for both sides. */
export const PARALLEL = availableParallelism();
