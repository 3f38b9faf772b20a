/**
 * Tries out what `npm run package` made: how large it is, that it builds where there is nothing else, that its window comes
 * up, and that the package for Debian installs and goes. By hand, as packages take minutes to make.
 *
 * Usage: npm run test:package [-- step…]
 *
 * Where something is missing, a step is skipped, with the reason; the others still run.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { boards, builds } from './builds.ts';
import { install, lint } from './deb.ts';
import { desktop } from './desktop.ts';
import { sizes } from './sizes.ts';
import { type Packages, Skipped, type Step } from './steps.ts';

const STEPS: readonly Step[] = [sizes, builds, boards, desktop, lint, install];
const MADE = join(import.meta.dirname, '../../dist/packages');

const write = (line: string) => process.stdout.write(`${line}\n`);

function findPackages(): Packages {
  const names = existsSync(MADE) ? readdirSync(MADE) : [];
  const unpacked = names.find((name) => name.endsWith('-unpacked'));
  const folder = process.env.KILN_PACKAGE ?? join(MADE, unpacked ?? 'linux-unpacked');
  if (!existsSync(join(folder, 'resources/service'))) {
    throw new Error(`There is no package in ${folder}: run npm run package first.`);
  }
  const deb = names.find((name) => name.endsWith('.deb'));
  return {
    folder,
    resources: join(folder, 'resources'),
    deb: deb === undefined ? null : join(MADE, deb),
    say: (line) => write(line.replaceAll(/^/gm, '    ')),
  };
}

const wanted = process.argv.slice(2);
const packages = findPackages();
for (const step of STEPS) {
  if (wanted.length > 0 && !wanted.includes(step.name)) continue;
  const startedAt = performance.now();
  write(step.name);
  try {
    await step.run(packages);
    write(`  ok, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof Skipped) write(`  skipped: ${why}`);
    else {
      write(`  FAILED: ${why}`);
      process.exitCode = 1;
    }
  }
}
