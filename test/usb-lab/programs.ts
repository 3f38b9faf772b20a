/**
 * The programs that run in the virtual machine, made ready on the host: an emulated processor takes half a minute to
 * find, read and compile the hundreds of modules that this one has in two seconds.
 */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const HOME = join(import.meta.dirname, '../..');

export interface Programs {
  /** `guest/main.ts` in one file. */
  readonly main: string;
  /** `flash/headless.ts` in one file. */
  readonly headless: string;
  /** Compiled code, for `NODE_COMPILE_CACHE`. */
  readonly compiled: string;
}

/** Each source still finds what lies beside it: programs of ours, data, and what it loads by `require`. */
const PLACES: Plugin = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const contents = (await readFile(path, 'utf8'))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      const left = /import\.meta\.\w+/.exec(contents)?.[0];
      if (left !== undefined) throw new Error(`${path} has ${left}, which a bundle would change`);
      return { contents, loader: 'ts' };
    });
  },
};

/**
 * Bundles and compiles. What is bundled is what would run from its sources: only the loading is spared.
 * @param folder of ours, which the machine sees in the same place.
 */
export async function preparePrograms(folder: string): Promise<Programs> {
  const compiled = join(folder, 'compiled');
  await build({
    entryPoints: {
      main: join(HOME, 'test/usb-lab/guest/main.ts'),
      headless: join(HOME, 'flash/headless.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Packages that are no modules look for `require`; other names are theirs.
    banner: {
      js: `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);`,
    },
    // Native code; only the device process loads it, from its sources.
    external: ['serialport', 'node-hid'],
    plugins: [PLACES],
    logLevel: 'error',
  });
  const programs = { main: join(folder, 'main.mjs'), headless: join(folder, 'headless.mjs') };
  const env = { ...process.env, NODE_COMPILE_CACHE: compiled };
  for (const args of [
    [programs.main],
    [programs.headless, ''],
    [join(HOME, 'test/usb-lab/guest/emulator.ts')],
    [join(HOME, 'flash/devices/main.ts'), '{}'],
  ]) {
    // With nothing to do they end at once, and leave compiled code behind.
    spawnSync(process.execPath, args, { env, stdio: 'ignore' });
  }
  return { ...programs, compiled };
}
