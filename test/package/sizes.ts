/** How large a package is, part by part, held to a budget. */
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from './steps.ts';

const MEGABYTE = 1024 * 1024;
/** Of the package for Debian, in MB: with a whole tree and every compiler, else with the starter tree and AVR alone. */
const BUDGET = { whole: 350, small: 130 };
/** Components of a small package. */
const NOT_SMALL = 'arm';

/** Bytes of a folder; files that share their bytes count once. */
function bytesOf(path: string, seen = new Set<number>()): number {
  const stats = lstatSync(path);
  if (stats.isDirectory()) {
    return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name), seen), 0);
  }
  if (!stats.isFile() || (stats.nlink > 1 && seen.has(stats.ino))) return 0;
  seen.add(stats.ino);
  return stats.size;
}

interface Component {
  readonly name: string;
  readonly title: string;
  readonly bytes: number;
}

function componentsOf(resources: string): readonly Component[] {
  const index = join(resources, 'toolchain/kiln-toolchain.json');
  if (!existsSync(index)) return [];
  return (JSON.parse(readFileSync(index, 'utf8')) as { components: Component[] }).components;
}

export const sizes: Step = {
  name: 'sizes',
  async run({ folder, resources, deb, say }) {
    const row = (bytes: number, what: string) =>
      say(`${(bytes / MEGABYTE).toFixed(1).padStart(8)} MB  ${what}`);
    const all = bytesOf(folder);
    row(all - bytesOf(resources), 'Electron');
    for (const name of readdirSync(resources).sort()) row(bytesOf(join(resources, name)), name);
    const components = componentsOf(resources);
    for (const { title, bytes } of components) row(bytes, `  toolchain: ${title}`);
    row(all, 'the folder');
    if (deb === null) return;
    const packed = statSync(deb).size / MEGABYTE;
    const isSmall = !components.some(({ name }) => name === NOT_SMALL);
    const budget = isSmall ? BUDGET.small : BUDGET.whole;
    row(packed * MEGABYTE, `the package for Debian, which may have ${budget} MB`);
    if (packed > budget) throw new Error(`${deb} has ${packed.toFixed(1)} MB of ${budget}`);
  },
};
