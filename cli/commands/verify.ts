/** `kiln verify`: random keymaps, built by plan and in full; the images have to be the same. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { admitToBuild } from '../../api/submission.ts';
import type { Catalogue } from '../../core/catalogue/contract.ts';
import { KilnError, toKilnError } from '../../core/errors.ts';
import { createPlanStore } from '../../worker/build/plan/plan-store.ts';
import type { CompileEnvironment } from '../../worker/compile.ts';
import { compileEnvironment } from '../../worker/handlers.ts';
import { type DrawnKeyboard, drawKeyboards, kindsOf } from '../../worker/verify/draw.ts';
import { createRandom } from '../../worker/verify/random.ts';
import { createKeycodes, randomFrame, randomKeymap } from '../../worker/verify/random-keymap.ts';
import {
  type Comparison,
  compareBuilds,
  comparisonSchema,
} from '../../worker/verify/verify-keyboard.ts';
import { type CommandContext, createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { type Kiln, openKiln } from '../service/kiln.ts';

export interface VerifyOptions extends GlobalOptions {
  readonly tree?: string;
  readonly sample?: string;
  readonly seed?: string;
  readonly keymaps?: string;
  readonly results?: string;
}

const resultSchema = z.object({
  keyboard: z.string(),
  kinds: z.array(z.string()),
  modules: z.array(z.string()),
  comparisons: z.array(comparisonSchema),
  /** Why the keyboard could not be looked at to the end; null when it was. */
  error: z.string().nullable(),
});
type Result = z.infer<typeof resultSchema>;

function wholeNumber(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new KilnError('settings.invalid', `--${name} has to be a whole number from 1 to 99999.`);
}

function readResults(file: string | undefined): Map<string, Result> {
  if (file === undefined || !existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const results = lines.map((line) => resultSchema.parse(JSON.parse(line)));
  return new Map(results.map((result) => [result.keyboard, result]));
}

async function chosen(
  names: readonly string[],
  catalogue: Catalogue,
  sample: number,
  seed: string,
): Promise<DrawnKeyboard[]> {
  if (names.length === 0)
    return drawKeyboards(catalogue, createRandom(`${seed}:keyboards`), sample);
  return Promise.all(
    names.map(async (name) => {
      const keyboard = await catalogue.resolve(name);
      if (keyboard === null) {
        throw new KilnError('keyboard.unknown', `The firmware tree has no keyboard ${name}.`);
      }
      const info = await catalogue.info(keyboard);
      return { keyboard, info, kinds: kindsOf(info) };
    }),
  );
}

interface VerifyRun {
  readonly kiln: Kiln;
  readonly catalogue: Catalogue;
  readonly tree: string;
  readonly environment: CompileEnvironment;
  readonly seed: string;
  readonly keymaps: number;
  readonly signal: AbortSignal;
}

async function verifyOne(
  { keyboard, info, kinds }: DrawnKeyboard,
  run: VerifyRun,
): Promise<Result> {
  const { kiln, catalogue, tree, environment } = run;
  const facts = await catalogue.facts();
  const isStarter = (await kiln.trees.get(tree)).kind === 'starter';
  const random = createRandom(`${run.seed}:${keyboard}`);
  const frame = randomFrame(random, tree, keyboard, info, facts, isStarter);
  const keycodes = createKeycodes(facts, isStarter);
  const comparisons: Comparison[] = [];
  const done = (error: string | null): Result => ({
    keyboard,
    kinds: [...kinds],
    modules: [...(frame.modules ?? [])],
    comparisons,
    error,
  });
  try {
    for (let number = 0; number < run.keymaps; number += 1) {
      const keymap = randomKeymap(random, frame, info, keycodes);
      const payload = await admitToBuild(Buffer.from(keymap), kiln);
      const isFirst = !comparisons.some(({ verdict }) => verdict !== 'fallback');
      const options = { signal: run.signal, timeoutMs: kiln.settings.jobTimeoutSeconds * 1000 };
      comparisons.push(await compareBuilds(payload, isFirst, environment, options));
    }
    return done(null);
  } catch (error) {
    if (run.signal.aborted) throw error;
    return done(toKilnError(error).message);
  }
}

function describe({ keyboard, kinds, modules, comparisons, error }: Result): string {
  const counts = ['same', 'fallback', 'different'].flatMap((verdict) => {
    const count = comparisons.filter((comparison) => comparison.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  const plans = comparisons.flatMap(({ planMs }) => planMs ?? []);
  const fastest = plans.length === 0 ? '' : ` · ${Math.min(...plans)} ms by plan`;
  const notes = new Set(comparisons.map(({ note }) => note).filter((note) => note !== ''));
  const more = [...notes, ...(error === null ? [] : [error])].map((note) => `\n    ${note}`);
  const traits = [...kinds, ...modules].join(', ');
  return `${keyboard} (${traits}): ${counts.join(', ') || 'nothing built'}${fastest}${more.join('')}`;
}

function report(results: readonly Result[], seed: string, { terminal }: CommandContext): number {
  const all = results.flatMap(({ comparisons }) => comparisons);
  const count = (verdict: Comparison['verdict']) =>
    all.filter((comparison) => comparison.verdict === verdict).length;
  const failed = results.filter(({ error }) => error !== null).length;
  terminal.clearStatus();
  terminal.line(
    `${results.length} keyboards, seed ${seed}: ${count('same')} keymaps the same, ${count('fallback')} built in full, ${count('different')} different; ${failed} keyboards not looked at to the end`,
  );
  terminal.result({ seed, keyboards: results });
  return count('different') === 0 ? EXIT.ok : EXIT.defect;
}

/** @param names keyboards; a sample is drawn when there are none. */
export async function verifyCommand(
  names: readonly string[],
  options: VerifyOptions,
): Promise<number> {
  const context = createContext(options);
  const { terminal, log } = context;
  const sample = wholeNumber(options.sample, 'sample', 10);
  const keymaps = wholeNumber(options.keymaps, 'keymaps', 3);
  const seed = options.seed ?? '1';
  // One build at a time: it may have all cores.
  const settings = { ...context.settings, workers: 1 };
  const kiln = await openKiln(settings, { log, exclusive: true, command: 'kiln verify' });
  const plans = join(kiln.paths.cache, 'verify');
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  try {
    const tree = options.tree ?? (await kiln.trees.defaultTree()).name;
    const catalogue = await kiln.catalogues.forTree(tree);
    const known = readResults(options.results);
    await rm(plans, { recursive: true, force: true });
    const environment = {
      ...compileEnvironment(settings, kiln.database),
      plans: createPlanStore(plans, settings.planCacheMebibytes * 1024 * 1024),
    };
    terminal.status('Choosing keyboards');
    const keyboards = await chosen(names, catalogue, sample, seed);
    const run = { kiln, catalogue, tree, environment, seed, keymaps, signal: stop.signal };
    const results: Result[] = [];
    for (const [index, drawn] of keyboards.entries()) {
      terminal.status(`${index + 1} of ${keyboards.length}: ${drawn.keyboard}`);
      const result = known.get(drawn.keyboard) ?? (await verifyOne(drawn, run));
      results.push(result);
      terminal.clearStatus();
      terminal.line(describe(result));
      if (options.results !== undefined && !known.has(drawn.keyboard)) {
        appendFileSync(options.results, `${JSON.stringify(result)}\n`);
      }
    }
    return report(results, seed, context);
  } finally {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    await rm(plans, { recursive: true, force: true });
    await kiln.close();
  }
}
