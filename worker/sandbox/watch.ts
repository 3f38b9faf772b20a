/** Looks, while a build runs, at what the kernel does not limit for us: its folder, its processes, their memory. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KilnError } from '../../core/errors.ts';
import type { Limits } from './limits.ts';

const POLL_MS = 200;
/** A look at a large folder takes long; so much of the time, at most, goes into looking. */
const WAIT_PER_LOOK = 20;

export interface Usage {
  readonly bytes: number;
  readonly entries: number;
}

/**
 * What lies in a folder; links are not followed, and what comes or goes meanwhile may count or not. Ends early above
 * the limits.
 */
export async function folderUsage(folder: string, limits: Limits): Promise<Usage> {
  let bytes = 0;
  let entries = 0;
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const names = await readdir(next).catch(() => []);
    for (const name of names) {
      const path = join(next, name);
      const stats = await lstat(path).catch(() => null);
      if (stats === null) continue;
      entries += 1;
      bytes += stats.blocks * 512;
      if (stats.isDirectory()) waiting.push(path);
      if (bytes > limits.folderBytes || entries > limits.folderEntries) return { bytes, entries };
    }
  }
  return { bytes, entries };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A process that ended meanwhile.
    return '';
  }
}

/**
 * Processes of a sandbox and their resident memory, through its own /proc.
 * @param leader bubblewrap's process outside of the sandbox.
 * @returns zeros before the sandbox is set up and after its end.
 */
export function sandboxUsage(leader: number): {
  readonly processes: number;
  readonly memoryBytes: number;
} {
  const [first] = readText(`/proc/${leader}/task/${leader}/children`).split(' ');
  if (first === undefined || first === '') return { processes: 0, memoryBytes: 0 };
  const proc = `/proc/${first}/root/proc`;
  let names: string[];
  try {
    names = readdirSync(proc);
    // Before the sandbox is set up, this is the machine's own table, also when the first process is in its namespace.
    if (readlinkSync(`${proc}/1/ns/pid`) !== readlinkSync(`/proc/${first}/ns/pid`)) {
      return { processes: 0, memoryBytes: 0 };
    }
  } catch {
    return { processes: 0, memoryBytes: 0 };
  }
  if (!/^NSpid:\s+\d+\s+1$/m.test(readText(`/proc/${first}/status`))) {
    return { processes: 0, memoryBytes: 0 };
  }
  const pids = names.filter((name) => /^\d+$/.test(name));
  const memory = pids.map((pid) => {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readText(`${proc}/${pid}/status`))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  });
  return {
    processes: pids.length,
    memoryBytes: memory.reduce((sum, bytes) => sum + bytes, 0),
  };
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

export function limitExceeded(what: string): KilnError {
  return new KilnError('build.limit-exceeded', `The build was stopped: it ${what}.`);
}

export interface WatchOptions {
  readonly folder: string;
  readonly limits: Limits;
  /** When the first look is due; never rejects. */
  readonly begin: Promise<unknown>;
  /** Bubblewrap's process once it runs; null where there is no process namespace to look into. */
  readonly leader: () => number | null;
  /** Called at most once. */
  readonly onExceeded: (error: KilnError) => void;
}

/** @returns what ends the watching; it resolves when no look is under way any more. */
export function watchBuild({ folder, limits, begin, leader, onExceeded }: WatchOptions) {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let nextFolderLook = 0;

  const findExcess = async (): Promise<string | null> => {
    const pid = leader();
    if (pid !== null) {
      const { processes, memoryBytes } = sandboxUsage(pid);
      if (processes > limits.processes) return `had more than ${limits.processes} processes`;
      if (memoryBytes > limits.memoryBytes) {
        return `took more than ${megabytes(limits.memoryBytes)} of memory`;
      }
    }
    const began = performance.now();
    if (began < nextFolderLook) return null;
    const { bytes, entries } = await folderUsage(folder, limits);
    nextFolderLook = performance.now() + (performance.now() - began) * WAIT_PER_LOOK;
    if (bytes > limits.folderBytes) {
      return `wrote more than ${megabytes(limits.folderBytes)} into its folder`;
    }
    return entries > limits.folderEntries ? `made more than ${limits.folderEntries} files` : null;
  };
  const look = async (): Promise<void> => {
    const excess = await findExcess();
    if (stopped) return;
    if (excess === null) waitForNext();
    else onExceeded(limitExceeded(excess));
  };
  const waitForNext = (): void => {
    timer = setTimeout(() => {
      looking = look();
    }, POLL_MS);
  };
  void begin.then(() => {
    if (!stopped) waitForNext();
  });
  return {
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
