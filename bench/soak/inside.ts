/**
 * Loaded into the service under the soak (`NODE_OPTIONS=--import`): at SIGUSR2 it collects garbage and writes what it
 * then holds to the file that KILN_SOAK_REPORT names. From outside, memory that is in use cannot be told from memory
 * that waits to be collected.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the service holds, with garbage collected. Bytes. */
export interface InsideReport {
  readonly heapUsed: number;
  /** Of buffers and native parts that JavaScript holds. */
  readonly external: number;
  /** Timers, sockets, watchers and requests that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

function countByName(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const file = process.env.KILN_SOAK_REPORT;
if (file !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  process.on('SIGUSR2', () => {
    // What finalizers let go of is only collected the second time.
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const resources = countByName(process.getActiveResourcesInfo());
    const report: InsideReport = { heapUsed, external, resources };
    writeFileSync(`${file}.new`, JSON.stringify(report));
    renameSync(`${file}.new`, file);
  });
}
