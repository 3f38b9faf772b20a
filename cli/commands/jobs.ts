/** `kiln jobs …`: what runs and what waits, and ending, repeating and reading single jobs. */
import type { JobView } from '../../api/schemas/kiln-jobs.ts';
import type { OperatorJob, QueueView } from '../../api/schemas/kiln-queue.ts';
import { KilnError } from '../../core/errors.ts';
import { confirm } from '../ask.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { openQueueDesk, type QueueDesk } from '../service/queue-desk.ts';
import type { Terminal } from '../terminal.ts';

export interface FlushOptions extends GlobalOptions {
  readonly yes?: boolean;
  readonly running?: boolean;
}

async function withDesk(
  options: GlobalOptions,
  work: (desk: QueueDesk, terminal: Terminal) => Promise<number>,
): Promise<number> {
  const { settings, terminal, log } = createContext(options);
  const desk = await openQueueDesk(settings, log);
  try {
    return await work(desk, terminal);
  } finally {
    await desk.close();
  }
}

/** `12 s`, `3 min`, `2 h`, `5 d`: how long ago, or how long it took. */
export function describeAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** What is built, or what else the job is. */
function subject({ build, kind }: JobView): string {
  return build === null ? kind : `${build.keyboard}:${build.keymap} (${build.tree})`;
}

function doing({ progress, cancelRequested }: JobView): string {
  const stage = progress === null ? 'starting' : progress.stage;
  const percent =
    progress?.fraction === undefined ? '' : ` ${Math.round(progress.fraction * 100)} %`;
  return `${stage}${percent}${cancelRequested ? ', ending' : ''}`;
}

/** One line: place or worker's doing, id, what, age, client. */
export function describeJob(job: OperatorJob, now: number): string {
  const place = job.state === 'running' ? doing(job) : `${job.position ?? '?'} ahead`;
  const since = job.state === 'running' ? (job.startedAt ?? job.createdAt) : job.createdAt;
  const words = job.state === 'running' ? 'runs for' : 'waits for';
  return `${job.state.padEnd(8)} ${place.padEnd(14)} ${job.id}  ${subject(job)} · ${words} ${describeAge(now - since)} · ${job.client ?? 'client unknown'}`;
}

function describeWorkers(view: QueueView): readonly string[] {
  const jobs = new Map(view.jobs.map((job) => [job.id, job]));
  return view.workers.map(({ id, alive, lastHeartbeatAt, jobId }) => {
    if (!alive) return `${id}  is being started again`;
    const job = jobId === null ? undefined : jobs.get(jobId);
    const heard =
      lastHeartbeatAt === null
        ? 'not heard yet'
        : `heard ${describeAge(view.at - lastHeartbeatAt)} ago`;
    const does = job === undefined ? 'waits for work' : `${doing(job)}: ${subject(job)}`;
    return `${id}  ${does} · ${heard}`;
  });
}

export function jobsListCommand(options: GlobalOptions): Promise<number> {
  return withDesk(options, async (desk, terminal) => {
    const view = await desk.view();
    terminal.line(`${view.running} running, ${view.queued} waiting`);
    for (const job of view.jobs) terminal.line(describeJob(job, view.at));
    if (desk.isServed) for (const line of describeWorkers(view)) terminal.line(line);
    else terminal.line('No service runs, so nothing is built now: kiln serve');
    terminal.result(view);
    return EXIT.ok;
  });
}

export function jobsByClientCommand(options: GlobalOptions): Promise<number> {
  return withDesk(options, async (desk, terminal) => {
    const clients = await desk.clients();
    for (const { client, waiting, running, oldestAt } of clients) {
      const age = describeAge(Date.now() - oldestAt);
      terminal.line(
        `${(client ?? 'unknown').padEnd(40)} ${waiting} waiting, ${running} running, the oldest for ${age}`,
      );
    }
    if (clients.length === 0) terminal.line('Nothing waits and nothing runs.');
    terminal.result({ clients });
    return EXIT.ok;
  });
}

export function jobsShowCommand(id: string, options: GlobalOptions): Promise<number> {
  return withDesk(options, async (desk, terminal) => {
    const job = await desk.show(id);
    const time = (at: number | null) => (at === null ? '–' : new Date(at).toISOString());
    terminal.line(`Job       ${job.id}`);
    terminal.line(`Builds    ${subject(job)}`);
    terminal.line(`State     ${job.state}${job.pinned ? ', pinned' : ''}`);
    if (job.state === 'queued') terminal.line(`Position  ${job.position} ahead`);
    if (job.state === 'running') terminal.line(`Now       ${doing(job)}`);
    terminal.line(`Client    ${job.client ?? 'unknown'}`);
    if (job.requestId !== null) terminal.line(`Request   ${job.requestId}`);
    terminal.line(`Came      ${time(job.createdAt)}`);
    terminal.line(`Started   ${time(job.startedAt)} (try ${job.tries})`);
    terminal.line(`Ended     ${time(job.endedAt)}`);
    if (job.workerId !== null) terminal.line(`Worker    ${job.workerId}`);
    if (job.result !== null) {
      const { returncode, firmwareFilename, way } = job.result;
      terminal.line(`Result    ${firmwareFilename ?? `no image, code ${returncode}`}`);
      if (way !== undefined) terminal.line(`Way       ${way.path}: ${way.reason}`);
      for (const { message } of job.result.errors.slice(0, 5))
        terminal.line(`Error     ${message}`);
    }
    if (job.error !== null)
      terminal.line(`Error     ${job.error.message} ${job.error.remedy} [${job.error.code}]`);
    terminal.result(job);
    return EXIT.ok;
  });
}

export function jobsLogCommand(id: string, options: GlobalOptions): Promise<number> {
  return withDesk(options, async (desk, terminal) => {
    const log = await desk.log(id);
    for (const line of log.split('\n').slice(0, -1)) terminal.line(line);
    terminal.result({ id, log });
    return EXIT.ok;
  });
}

export function jobsCancelCommand(id: string, options: GlobalOptions): Promise<number> {
  return withDesk(options, async (desk, terminal) => {
    const job = await desk.cancel(id);
    terminal.line(
      job.state === 'canceled'
        ? `Canceled ${id}.`
        : job.state === 'running'
          ? `${id} was asked to end; its processes go within seconds.`
          : `${id} has ${job.state} already; nothing to cancel.`,
    );
    terminal.result(job);
    return EXIT.ok;
  });
}

export function jobsRetryCommand(id: string, options: GlobalOptions): Promise<number> {
  return withDesk(options, async (desk, terminal) => {
    const job = await desk.retry(id);
    terminal.line(`Queued ${subject(job)} again as ${job.id}.`);
    if (!desk.isServed) terminal.line('It waits until a service runs: kiln serve');
    terminal.result(job);
    return EXIT.ok;
  });
}

/** What a flush would end, in a sentence. */
function describeFlush({ queued, running }: QueueView, alsoRunning: boolean): string {
  const rest = alsoRunning
    ? ` and ends ${running} that ${running === 1 ? 'runs' : 'run'}`
    : running > 0
      ? `; ${running} running go on (--running ends them too)`
      : '';
  return `This cancels ${queued} waiting ${queued === 1 ? 'job' : 'jobs'}${rest}.`;
}

export function jobsFlushCommand(options: FlushOptions): Promise<number> {
  return withDesk(options, async (desk, terminal) => {
    const running = options.running ?? false;
    const view = await desk.view();
    if (view.queued + (running ? view.running : 0) === 0) {
      terminal.line('There is nothing to cancel.');
      terminal.result({ canceled: 0, stopping: 0 });
      return EXIT.ok;
    }
    terminal.line(describeFlush(view, running));
    if (options.yes !== true && !(await confirm('Go on?'))) {
      throw new KilnError('job.canceled', 'Nothing was canceled.', {
        remedy: 'Say yes when asked, or run it with --yes.',
      });
    }
    const flushed = await desk.flush(running);
    terminal.line(`Canceled ${flushed.canceled}; ${flushed.stopping} running were asked to end.`);
    terminal.result(flushed);
    return EXIT.ok;
  });
}
