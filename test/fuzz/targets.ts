/** Every target: whatever lies in targets/. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FuzzTarget } from './target.ts';

const FOLDER = join(import.meta.dirname, 'targets');

export async function allTargets(): Promise<FuzzTarget<unknown>[]> {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.ts'))
    .sort();
  return Promise.all(
    files.map(async (name) => {
      const { target } = await import(pathToFileURL(join(FOLDER, name)).href);
      if (`${target?.name}.ts` !== name) throw new Error(`${name} exports no target of its name.`);
      return target as FuzzTarget<unknown>;
    }),
  );
}
