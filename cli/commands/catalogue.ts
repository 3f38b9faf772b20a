/** `kiln catalogue …`: how far the catalogues of the firmware trees are, and bringing one up to date now. */
import type { BrokenKeyboard, Catalogue, IndexStatus } from '../../core/catalogue/contract.ts';
import { type ErrorReport, KilnError, toKilnError } from '../../core/errors.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { type Kiln, openKiln } from '../service/kiln.ts';
import type { Terminal } from '../terminal.ts';

export interface CatalogueOptions extends GlobalOptions {
  readonly tree?: string;
}

const LOOK_EVERY_MS = 250;

const STATE_WORDS: Readonly<Record<IndexStatus['state'], string>> = {
  listed: 'listed, not read yet',
  indexing: 'reading',
  complete: 'complete',
  stopped: 'stopped',
};

function count(number: number): string {
  return number.toLocaleString('en');
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** One line: `qmk: reading · 1,200 of 3,693 keyboards · 98 a second · 26 s left`. */
export function describeStatus(tree: string, status: IndexStatus): string {
  const { state, done, total, broken, rate, remainingSeconds, message } = status;
  const parts = [
    STATE_WORDS[state],
    `${count(done)} of ${count(total)} keyboards`,
    ...(broken === 0 ? [] : [`${count(broken)} cannot be read`]),
    ...(rate === null ? [] : [`${count(Math.round(rate))} a second`]),
    ...(remainingSeconds === null ? [] : [`${duration(remainingSeconds)} left`]),
    ...(message === null ? [] : [message]),
  ];
  return `${tree}: ${parts.join(' · ')}`;
}

function printBroken(terminal: Terminal, broken: readonly BrokenKeyboard[]): void {
  for (const { name, message } of broken) terminal.line(`  ${name}: ${message}`);
}

interface TreeReport {
  readonly tree: string;
  readonly status?: IndexStatus;
  readonly broken?: readonly BrokenKeyboard[];
  /** Why there is no more to say. */
  readonly error?: ErrorReport;
}

async function reportOf(kiln: Kiln, tree: string): Promise<TreeReport> {
  const catalogue = await kiln.catalogues.forTree(tree);
  // Lists the tree, if that was never done.
  await catalogue.keyboards();
  return { tree, status: await catalogue.status(), broken: await catalogue.broken() };
}

/** Of one tree, or of all: one that is missing does not hide the others. */
async function reportsOf(kiln: Kiln, tree: string | undefined): Promise<readonly TreeReport[]> {
  if (tree !== undefined) return [await reportOf(kiln, tree)];
  const reports: TreeReport[] = [];
  for (const { name } of await kiln.trees.list()) {
    const failed = (error: unknown) => ({ tree: name, error: toKilnError(error).toReport() });
    reports.push(await reportOf(kiln, name).catch(failed));
  }
  return reports;
}

export async function catalogueStatusCommand(options: CatalogueOptions): Promise<number> {
  const { settings, terminal, log } = createContext(options);
  const kiln = await openKiln(settings, { log, exclusive: false });
  try {
    const reports = await reportsOf(kiln, options.tree);
    for (const { tree, status, broken = [], error } of reports) {
      terminal.line(status ? describeStatus(tree, status) : `${tree}: ${error?.message}`);
      printBroken(terminal, broken);
    }
    terminal.result({ catalogues: reports });
    return EXIT.ok;
  } finally {
    await kiln.close();
  }
}

/** Shows how far the run is until it ends. */
async function follow(
  catalogue: Catalogue,
  show: (status: IndexStatus) => void,
): Promise<IndexStatus> {
  const timer = setInterval(() => {
    // One look that fails is made up for by the next.
    catalogue.status().then(show, () => undefined);
  }, LOOK_EVERY_MS);
  try {
    return await catalogue.index();
  } finally {
    clearInterval(timer);
  }
}

export async function catalogueRefreshCommand(options: CatalogueOptions): Promise<number> {
  const { settings, terminal, log } = createContext(options);
  const kiln = await openKiln(settings, { log, exclusive: false });
  let canceled = false;
  const cancel = (): void => {
    canceled = true;
    void kiln.catalogues.close();
  };
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  try {
    const tree = options.tree ?? (await kiln.trees.defaultTree()).name;
    const catalogue = await kiln.catalogues.forTree(tree);
    const status = await follow(catalogue, ({ state, done, total }) => {
      const fraction = state === 'indexing' && total > 0 ? { fraction: done / total } : {};
      terminal.progress(tree, { stage: 'reading keyboards', ...fraction });
    });
    const broken = await catalogue.broken();
    terminal.line(describeStatus(tree, status));
    printBroken(terminal, broken);
    terminal.result({ tree, status, broken });
    return status.state === 'complete' ? EXIT.ok : EXIT.environment;
  } catch (error) {
    // The database is closed under the run.
    if (canceled) throw new KilnError('job.canceled', 'Canceled: what was read is kept.');
    throw error;
  } finally {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    terminal.clearStatus();
    await kiln.close();
  }
}
