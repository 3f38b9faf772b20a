/** Looks at a running service from outside: its processes by what the kernel says, its files by their sizes. Linux. */
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../core/errors.ts';
import type { Place } from '../../test/fixtures/service/place.ts';
import type { Service } from '../../test/fixtures/service/service.ts';
import { until } from '../../test/fixtures/service/until.ts';
import type { InsideReport } from './inside.ts';

const MIB = 1024 * 1024;

/** What is measured, in the order in which it is printed; memory and sizes in MiB. */
export interface Observation {
  readonly serviceRss: number;
  /** Of the service: used by JavaScript once garbage is collected, buffers included. */
  readonly serviceHeap: number;
  /** Of all workers together, their builds left out. */
  readonly workersRss: number;
  /** Of that, what no file backs: heaps and buffers, without the pages of programs that come and go. */
  readonly workersOwn: number;
  readonly serviceDescriptors: number;
  readonly workersDescriptors: number;
  /** Timers, sockets and the like of the service. */
  readonly resources: number;
  /** Database and its write-ahead log. */
  readonly database: number;
  /** Everything in the data folder but the database. */
  readonly disk: number;
  readonly files: number;
}

interface ProcessSize {
  readonly rss: number;
  readonly own: number;
  readonly descriptors: number;
}

/** @returns null when the process is gone. */
function sizeOf(pid: number): ProcessSize | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mebibytes = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) / 1024;
    const descriptors = readdirSync(`/proc/${pid}/fd`).length;
    return { rss: mebibytes('VmRSS'), own: mebibytes('RssAnon'), descriptors };
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(errnoOf(error) ?? '')) return null;
    throw error;
  }
}

function filesBelow(folder: string): { path: string; bytes: number }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    try {
      if (entry.isDirectory()) return filesBelow(path);
      return [{ path, bytes: lstatSync(path).blocks * 512 }];
    } catch (error) {
      // A job's files come and go.
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

function isDatabase(path: string): boolean {
  return /\/kiln\.sqlite(-wal|-shm)?$/.test(path);
}

/** Asks the service itself, by bench/soak/inside.ts. */
async function askInside(service: Service, file: string): Promise<InsideReport> {
  rmSync(file, { force: true });
  process.kill(service.pid, 'SIGUSR2');
  const text = await until('the service to tell its heap', () => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
  });
  return JSON.parse(text) as InsideReport;
}

/** @param report the file that KILN_SOAK_REPORT of the service names. */
export async function observe(
  place: Place,
  service: Service,
  report: string,
): Promise<Observation> {
  const inside = await askInside(service, report);
  const own = sizeOf(service.pid);
  if (own === null) throw new Error('the service is gone');
  const workers = place
    .processes()
    .filter(({ command }) => command.includes('worker/main.ts'))
    .flatMap(({ pid }) => sizeOf(pid) ?? []);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const files = filesBelow(place.dataDir);
  const bytesOf = (some: readonly { bytes: number }[]) => sum(some.map(({ bytes }) => bytes)) / MIB;
  return {
    serviceRss: own.rss,
    serviceHeap: (inside.heapUsed + inside.external) / MIB,
    workersRss: sum(workers.map(({ rss }) => rss)),
    workersOwn: sum(workers.map((worker) => worker.own)),
    serviceDescriptors: own.descriptors,
    workersDescriptors: sum(workers.map(({ descriptors }) => descriptors)),
    resources: sum(Object.values(inside.resources)),
    database: bytesOf(files.filter(({ path }) => isDatabase(path))),
    disk: bytesOf(files.filter(({ path }) => !isDatabase(path))),
    files: files.length,
  };
}
