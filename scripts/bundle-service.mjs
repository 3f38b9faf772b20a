/**
 * Bundles the programs of a staged service: hundreds of small files that Node would look up, read and strip of types one
 * by one become a few, and the service of a package starts in half of the time. The sources stay beside it: who looks for
 * a program finds a file of the old name, which leads to the bundle.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { HOME } from './bootstrap.mjs';

/** Whatever is started as a process of its own; only the first exports something. */
const PROGRAMS = [
  'cli/main.ts',
  'worker/main.ts',
  'worker/check-main.ts',
  'worker/index-main.ts',
  'flash/devices/main.ts',
];
const FOLDER = 'bundle';
/** They look for their binaries beside themselves. */
const NATIVE = ['better-sqlite3', 'node-hid', 'serialport', '@serialport/*', 'usb'];

const forward = (path) => path.split(sep).join('/');
const bundleName = (program) => program.replace(/\.ts$/, '').replaceAll('/', '-');

/** Sources look for resources from where they lie; and what they load late travels in the bundle too. */
const keepPlaces = {
  name: 'keep-places',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path.includes(`${sep}node_modules${sep}`)) return undefined;
      const folder = forward(relative(HOME, dirname(path)));
      const contents = readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', `(import.meta.dirname + '/../${folder}')`)
        .replaceAll(/\bload\(('[a-z-]+')\)/g, 'require($1)');
      return { loader: 'ts', contents };
    });
  },
};

/** @param {string} target a folder that `stageService` has filled; packages have to lie there, or above */
export async function bundleService(target) {
  await build({
    absWorkingDir: HOME,
    entryPoints: Object.fromEntries(PROGRAMS.map((program) => [bundleName(program), program])),
    outdir: join(target, FOLDER),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: NATIVE,
    // The log of a failure has to name functions.
    keepNames: true,
    // The packages themselves, with their licences, travel along.
    legalComments: 'none',
    logLevel: 'warning',
    // CommonJS within modules has no `require` of its own.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    plugins: [keepPlaces],
  });
  for (const program of PROGRAMS) {
    const up = '../'.repeat(program.split('/').length - 1);
    const bundle = `${up}${FOLDER}/${bundleName(program)}.js`;
    const text =
      program === PROGRAMS[0] ? `export { main } from '${bundle}';\n` : `import '${bundle}';\n`;
    writeFileSync(join(target, program), text);
  }
}
