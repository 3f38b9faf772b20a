/**
 * Runs the cases in the virtual machine, one after another on one bus, and writes a line for each to the report.
 *
 * Usage: node test/usb-lab/guest/main.ts <report file> [word of a title]
 */
import { appendFileSync } from 'node:fs';
import { CASES, type LabCase } from './cases.ts';
import { Lab } from './lab.ts';
import type { ReportLine } from './messages.ts';

const CASE_MS = 90_000;

const [report = '', word = ''] = process.argv.slice(2);
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

const lab = await Lab.open();
const chosen = CASES.filter(({ title }) => title.includes(word));
for (const one of chosen) {
  const startedAt = performance.now();
  const reason = await why(one, lab);
  const ms = Math.round(performance.now() - startedAt);
  const log = reason === '' ? [] : lab.lines.slice(-40);
  write({ type: 'case', title: one.title, ok: reason === '', ms, why: reason, log });
  await lab.clear();
}
write({ type: 'end', cases: chosen.length });
await lab.close();
