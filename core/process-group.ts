/**
 * Which processes belong to a program that we started, and how they are signalled: on Linux from `/proc`, on
 * macOS from `ps`, on Windows through `taskkill`. Starts nothing itself: tools are run by what it is given.
 */
import { readdirSync, readFileSync } from 'node:fs';

/**
 * The variable that marks all that descends from one start, Linux only. A process that left its group and its
 * parent (a daemon) still carries it. Marks nest, `<of the parent>/<own>`, so that ending a worker ends the
 * builds that it started.
 */
export const MARK_VARIABLE = 'KILN_RUN';

/** A process that we lead a group with, told apart from a later one of the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started; opaque, to be compared with another of the same machine only. */
  readonly startTime: string;
  /** See `MARK_VARIABLE`; absent where there is none. */
  readonly mark?: string;
}

export type EndSignal = 'SIGTERM' | 'SIGKILL';

/** What still runs of what a start began. */
export interface Members {
  readonly pids: readonly number[];
  /** Whether the process group of the leader's number is still ours, and may be signalled as a whole. */
  readonly ownsGroup: boolean;
  /** Those of `pids` that a signal to the group does not reach. */
  readonly outside: readonly number[];
}

const NOBODY: Members = { pids: [], ownsGroup: false, outside: [] };

/** What a platform knows of processes. */
export interface ProcessHost {
  /** The mark that this very process carries. */
  ownMark(): string | undefined;
  /** Whether `MARK_VARIABLE` is of use. */
  readonly marks: boolean;
  /** When a process started (one that ended counts until its parent took note); else undefined. */
  startTimeOf(pid: number): Promise<string | undefined>;
  members(identity: ProcessIdentity): Promise<Members>;
  signal(identity: ProcessIdentity, members: Members, signal: EndSignal): Promise<void>;
}

/** One process, as the tables of Linux and macOS tell. */
export interface ProcessEntry {
  readonly pid: number;
  readonly group: number;
  readonly session: number;
  /** Linux: clock ticks since the boot. macOS: seconds since the epoch. */
  readonly started: number;
  /** False for a zombie: it ended, and its parent did not take note yet. */
  readonly running: boolean;
}

/** Reads `/proc/<pid>/stat`; undefined for what is no such line. */
export function parseLinuxStat(text: string): ProcessEntry | undefined {
  // The second field is the program's name in parentheses and may hold anything, even ")".
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [pid, group, session, started] = [text, fields[2], fields[3], fields[19]].map((field) =>
    Number.parseInt(field ?? '', 10),
  );
  if (pid === undefined || group === undefined || session === undefined || started === undefined) {
    return undefined;
  }
  if (Number.isNaN(pid + group + session + started)) return undefined;
  return { pid, group, session, started, running: !/^[ZXx]$/.test(fields[0] ?? '') };
}

/** The columns that `parsePsTable` reads. */
export const PS_COLUMNS = 'pid=,pgid=,stat=,lstart=';

/** Reads what `ps -axo <PS_COLUMNS>` prints in the C locale and UTC. */
export function parsePsTable(text: string): readonly ProcessEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, group, state, started] =
      /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*\S)\s*$/.exec(line) ?? [];
    const time = Date.parse(`${started} UTC`) / 1000;
    if (state === undefined || Number.isNaN(time)) return [];
    const running = !state.startsWith('Z');
    // macOS does not tell sessions by number.
    return [{ pid: Number(pid), group: Number(group), session: 0, started: time, running }];
  });
}

/**
 * Picks those that belong to a start.
 * @param boot which run of the machine the table is of.
 * @param markOf what mark a process carries.
 */
export function membersIn(
  table: readonly ProcessEntry[],
  identity: ProcessIdentity,
  boot: string,
  markOf: (pid: number) => string | undefined,
): Members {
  const [started = '', recordedBoot] = identity.startTime.split('@');
  if (recordedBoot !== boot) return NOBODY;
  const { pid: leader, mark } = identity;
  const isMarked = (pid: number) => {
    const own = mark === undefined ? undefined : markOf(pid);
    return own !== undefined && (own === mark || own.startsWith(`${mark}/`));
  };
  // No member is older than the leader, and most of a machine's processes are.
  const younger = table.filter((entry) => entry.running && entry.started >= Number(started));
  const marked = younger.filter(({ pid }) => isMarked(pid));
  const grouped = younger.filter(({ group, session }) => group === leader || session === leader);
  const holder = table.find(({ pid }) => pid === leader);
  // A number is not given out again while a group or session bears it. So when a process has it and is not
  // the one recorded, the group is a stranger's. When none has it, the group may be a later one whose leader
  // died as well: with a mark recorded, one member at least must carry it.
  const ownsGroup =
    holder !== undefined
      ? holder.started === Number(started)
      : mark === undefined || grouped.some((entry) => marked.includes(entry));
  const ours = new Set([...(ownsGroup ? grouped : []), ...marked]);
  const others = [...ours].filter(({ pid }) => pid !== process.pid);
  return {
    pids: others.map(({ pid }) => pid),
    ownsGroup,
    outside: others.filter(({ group }) => !ownsGroup || group !== leader).map(({ pid }) => pid),
  };
}

function startTime(entry: ProcessEntry, boot: string): string {
  return `${entry.started}@${boot}`;
}

/** Signals the group as a whole, so that no fork slips through, and each member outside of it; each once. */
function signalPosix(leader: number, { ownsGroup, outside }: Members, signal: EndSignal): void {
  for (const target of ownsGroup ? [-leader, ...outside] : outside) {
    try {
      process.kill(target, signal);
    } catch {
      // Gone in the meantime, or not ours to signal: either way the next look at the table tells.
    }
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A process that ended between two looks has no files any more.
    return undefined;
  }
}

/** @param proc the folder of the process table. */
export function linuxHost(proc = '/proc'): ProcessHost {
  let bootId: string | undefined;
  const boot = () => {
    bootId ??= readText(`${proc}/sys/kernel/random/boot_id`)?.trim() ?? '';
    return bootId;
  };
  const entryOf = (pid: number) => parseLinuxStat(readText(`${proc}/${pid}/stat`) ?? '');
  const markOf = (pid: number | 'self') =>
    readText(`${proc}/${pid}/environ`)
      ?.split('\0')
      .find((variable) => variable.startsWith(`${MARK_VARIABLE}=`))
      ?.slice(MARK_VARIABLE.length + 1);
  return {
    ownMark: () => markOf('self'),
    marks: true,
    async startTimeOf(pid) {
      const entry = entryOf(pid);
      return entry === undefined ? undefined : startTime(entry, boot());
    },
    async members(identity) {
      const table = readdirSync(proc)
        .filter((name) => /^\d+$/.test(name))
        .flatMap((name) => entryOf(Number(name)) ?? []);
      return membersIn(table, identity, boot(), markOf);
    },
    async signal({ pid }, members, signal) {
      signalPosix(pid, members, signal);
    },
  };
}

/** Runs a system tool and gives what it printed; undefined when it failed. */
export type ToolRunner = (file: string, args: readonly string[]) => Promise<string | undefined>;

/** Never run on a Mac so far: see docs/platforms.md. */
export function macHost(runTool: ToolRunner): ProcessHost {
  const table = async (selection: readonly string[]) =>
    parsePsTable((await runTool('/bin/ps', [...selection, '-o', PS_COLUMNS])) ?? '');
  return {
    ownMark: () => undefined,
    marks: false,
    async startTimeOf(pid) {
      const [entry] = await table(['-p', String(pid)]);
      return entry === undefined ? undefined : startTime(entry, '');
    },
    async members(identity) {
      return membersIn(await table(['-ax']), identity, '', () => undefined);
    },
    async signal({ pid }, members, signal) {
      signalPosix(pid, members, signal);
    },
  };
}

/**
 * Windows has no groups: `taskkill /T` ends a process and its descendants, and always by force, for console
 * programs do not hear the polite form. Never run on Windows so far: see docs/platforms.md.
 * @param systemRoot Windows' own folder, so that no other `taskkill` on the path is taken.
 */
export function windowsHost(runTool: ToolRunner, systemRoot = 'C:\\Windows'): ProcessHost {
  const startTimeOf = async (pid: number) => {
    const shell = `${systemRoot}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
    const query = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
    const printed = await runTool(shell, ['-NoProfile', '-NonInteractive', '-Command', query]);
    return printed?.trim() || undefined;
  };
  return {
    ownMark: () => undefined,
    marks: false,
    startTimeOf,
    async members({ pid, startTime: recorded }) {
      const isSame = (await startTimeOf(pid)) === recorded;
      return isSame ? { pids: [pid], ownsGroup: true, outside: [] } : NOBODY;
    },
    async signal({ pid }) {
      const taskkill = `${systemRoot}\\System32\\taskkill.exe`;
      await runTool(taskkill, ['/PID', String(pid), '/T', '/F']);
    },
  };
}

/** How this platform tells its processes. @param runTool used where the process table is no folder. */
export function hostOf(platform: NodeJS.Platform, runTool: ToolRunner): ProcessHost {
  if (platform === 'win32') return windowsHost(runTool);
  return platform === 'darwin' ? macHost(runTool) : linuxHost();
}

export interface EndOptions {
  /** How long the polite signal may take; 0 sends the other at once. */
  readonly graceMs: number;
  /** How long the hard one may take: only a process stuck in the kernel needs longer. */
  readonly forceMs: number;
  readonly pollMs: number;
}

/**
 * Ends a group: SIGTERM, a grace, SIGKILL until nobody is left.
 * @returns whether there was anything to end. What still runs after both times hangs in the kernel and ends
 *   when that lets it.
 */
export async function endGroup(
  host: ProcessHost,
  identity: ProcessIdentity,
  { graceMs, forceMs, pollMs }: EndOptions,
): Promise<boolean> {
  let members = await host.members(identity);
  if (members.pids.length === 0) return false;
  const wait = () => new Promise((resolve) => setTimeout(resolve, pollMs));
  const began = performance.now();
  if (graceMs > 0) {
    await host.signal(identity, members, 'SIGTERM');
    while (members.pids.length > 0 && performance.now() - began < graceMs) {
      await wait();
      members = await host.members(identity);
    }
  }
  // Again at each look: what was forked between look and signal outside the group is met the next time.
  while (members.pids.length > 0 && performance.now() - began < graceMs + forceMs) {
    await host.signal(identity, members, 'SIGKILL');
    await wait();
    members = await host.members(identity);
  }
  return true;
}
