/**
 * CPU time of a service with everything that it starts, builds in a process namespace of their own included, of which `times`
 * knows nothing. By a control group, where the machine lets one be made (Linux, as root).
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CpuAccount {
  /** Seconds so far. */
  seconds(): number;
  /** To be called when all that it counted is gone. */
  close(): void;
}

interface Kind {
  readonly folder: string;
  readonly members: string;
  seconds(group: string): number;
}

const read = (file: string): string => readFileSync(file, 'utf8');

const KINDS: readonly Kind[] = [
  {
    folder: '/sys/fs/cgroup/cpuacct',
    members: 'tasks',
    seconds: (group) => Number(read(join(group, 'cpuacct.usage'))) / 1e9,
  },
  {
    folder: '/sys/fs/cgroup',
    members: 'cgroup.procs',
    seconds: (group) =>
      Number(/^usage_usec (\d+)$/m.exec(read(join(group, 'cpu.stat')))?.[1]) / 1e6,
  },
];

/** Where this process is counted now. */
function ownGroup({ folder, members }: Kind): string {
  const line = read('/proc/self/cgroup')
    .split('\n')
    .find((each) => (members === 'tasks' ? /:cpuacct:/ : /^0::/).test(each));
  return join(folder, line?.split(':')[2] ?? '/');
}

/**
 * @param start starts what is to be counted, as children of this process.
 * @returns no account where the machine does not let one be made.
 */
export async function withAccount<Started>(
  start: () => Promise<Started>,
): Promise<{ readonly started: Started; readonly account: CpuAccount | null }> {
  const kind = KINDS.find(({ folder, members }) => existsSync(join(folder, members)));
  if (kind === undefined) return { started: await start(), account: null };
  const group = join(kind.folder, `kiln-bench-${process.pid}`);
  const move = (to: string) => writeFileSync(join(to, kind.members), String(process.pid));
  const before = ownGroup(kind);
  try {
    mkdirSync(group);
    move(group);
  } catch {
    // Not allowed here.
    return { started: await start(), account: null };
  }
  try {
    const started = await start();
    return {
      started,
      account: { seconds: () => kind.seconds(group), close: () => rmdirSync(group) },
    };
  } finally {
    move(before);
  }
}
