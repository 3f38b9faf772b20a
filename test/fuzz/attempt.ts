/** One input, held to what holds for all targets. */
import type { OpenTarget } from './target.ts';

/** Processor time, so that a busy machine fails nothing; ordinary inputs take a few milliseconds. */
const MOST_CPU_MS = 3000;

/** @throws what the check threw, or that it took so long that a client could keep the service busy. */
export async function attempt<Input>(open: OpenTarget<Input>, input: Input): Promise<void> {
  const before = process.cpuUsage();
  await open.check(input);
  const { user, system } = process.cpuUsage(before);
  const spent = (user + system) / 1000;
  if (spent > MOST_CPU_MS) throw new Error(`this input took ${Math.round(spent)} ms`);
}
