/**
 * Runs the cases in the virtual machine, one after another on one bus, and writes a line for each to the report.
 *
 * Usage: node test/usb-lab/guest/main.ts <report file> <number of this machine> <of how many> [word of a title]
 *
 * Without arguments it only loads everything, which leaves compiled code behind where Node is told to keep it.
 */
import { appendFileSync } from 'node:fs';
import { CASES, casesOf, type LabCase } from './cases.ts';
import { Lab } from './lab.ts';
import type { ReportLine } from './messages.ts';

const CASE_MS = 90_000;

const [report = '', machine = '0', machines = '1', word = ''] = process.argv.slice(2);
const write = (line: ReportLine): void => appendFileSync(report, `${JSON.stringify(line)}\n`);

/** @returns what went wrong; empty for nothing. */
async function why({ run }: LabCase, lab: Lab): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${CASE_MS / 1000} s`)), CASE_MS);
  });
  try {
    await Promise.race([run(lab), late]);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

async function runAll(lab: Lab): Promise<void> {
  const chosen =
    casesOf(
      CASES.filter(({ title }) => title.includes(word)),
      Number(machines),
    )[Number(machine)] ?? [];
  for (const one of chosen) {
    const startedAt = performance.now();
    const reason = await why(one, lab);
    const ms = Math.round(performance.now() - startedAt);
    const log = reason === '' ? [] : lab.lines.slice(-40);
    write({ type: 'case', title: one.title, ok: reason === '', ms, why: reason, log });
    await lab.clear();
  }
  write({ type: 'end', cases: chosen.length });
}

if (report !== '') {
  const lab = await Lab.open();
  await runAll(lab);
  await lab.close();
}
