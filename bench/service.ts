/** A service that runs as a process of its own, for benchmarks that ask it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { KILN } from './real-tree.ts';

export interface Service {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * @param env names the data folder, in KILN_DATA_DIR.
 * @returns as soon as it says that it is ready.
 */
export async function startService(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Service> {
  const child = spawn(process.execPath, [KILN, 'serve', '--port', '0', '--json'], {
    env: { ...env, KILN_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  if (value === undefined) throw new Error('the service did not start');
  const { url } = JSON.parse(value) as { url: string };
  return {
    url,
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}
