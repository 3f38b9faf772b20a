import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { plainEnvironment } from '../../core/environment.ts';
import { run } from '../../core/subprocess.ts';

const MODULE = pathToFileURL(join(import.meta.dirname, '../../cli/service/small-heap.ts'));

/**
 * Makes objects that live just long enough for Node to give them more and more room. Prints the median room, in bytes: what
 * a collection borrows for its own time, up to 45 MiB, is none of our business.
 */
const program = (before: string): string => `
import { getHeapSpaceStatistics } from 'node:v8';
import { stopHeapGrowth } from '${MODULE}';
const room = () =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
${before}
const rooms = [];
let kept = [];
for (let number = 0; number < 200; number += 1) {
  kept = [...kept.slice(-12), Array.from({ length: 20_000 }, (_, value) => ({ value }))];
  rooms.push(room());
}
console.log(rooms.sort((one, other) => one - other)[100]);`;

async function roomOf(before: string): Promise<number> {
  const args = ['--input-type=module', '--eval', program(before)];
  const options = { cwd: '/', env: plainEnvironment(), timeoutMs: 60_000, maxOutputBytes: 4096 };
  const { stdout, output } = await run(process.execPath, args, options);
  expect(stdout, output).toMatch(/^\d+$/);
  return Number(stdout);
}

/** Bytes. A process begins with 1 or 2 MiB, and a busy one gets 32 to 128. */
const LITTLE = 4 * 1024 * 1024;

it('A process gives young objects no more room than it had when it was told to', async () => {
  expect(await roomOf('')).toBeGreaterThan(LITTLE);
  expect(await roomOf('stopHeapGrowth();')).toBeLessThanOrEqual(LITTLE);
}, 120_000);
