/**
 * Bundles the shell into `electron/dist`: one file for the main process and one for each preload, as CommonJS for the
 * oldest Electron that it is tried on (9: Chromium 83, Node 12.14), and the pictures beside them.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { HOME, isMain } from './bootstrap.mjs';

const OUT = join(HOME, 'electron/dist');
const ICONS = join(HOME, 'resources/icons');
const PICTURES = ['idle', 'busy', 'trouble'].flatMap((name) => [
  `tray-${name}.png`,
  `tray-${name}@2x.png`,
]);

/** Resolves once everything is in place. */
export async function buildShell() {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const common = {
    absWorkingDir: HOME,
    bundle: true,
    format: 'cjs',
    // Sandboxed preloads can require `electron`, and nothing of Node.
    external: ['electron'],
    logLevel: 'warning',
    legalComments: 'none',
    outExtension: { '.js': '.cjs' },
    outdir: OUT,
  };
  await Promise.all([
    build({
      ...common,
      platform: 'node',
      target: ['node12.14'],
      entryPoints: { main: 'electron/main.ts' },
      sourcemap: 'linked',
    }),
    build({
      ...common,
      platform: 'neutral',
      target: ['chrome83'],
      entryPoints: {
        'app-preload': 'electron/preload/app.ts',
        'configurator-preload': 'electron/preload/configurator.ts',
      },
    }),
  ]);
  copyFileSync(join(ICONS, '512.png'), join(OUT, 'icon.png'));
  for (const name of PICTURES) copyFileSync(join(ICONS, name), join(OUT, name));
}

if (isMain(import.meta.url)) {
  await buildShell();
  console.log('The shell is in electron/dist.');
}
