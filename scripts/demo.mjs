/** From a fresh clone to a firmware image: makes the checkout ready and compiles the starter keymap. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, HOME, runScript } from './bootstrap.mjs';
import { projectNode } from './project-node.mjs';

const KEYMAP = join('resources/starter/keyboards/kiln/pad4x4/keymaps/default', 'keymap.json');
const OUTPUT = 'demo-output';

/** The image that the build put there last. */
function newestImage() {
  const files = readdirSync(join(HOME, OUTPUT), { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(hex|bin|uf2)$/.test(entry.name))
    .map(({ name }) => ({ path: `${OUTPUT}/${name}`, ...pick(join(HOME, OUTPUT, name)) }));
  return files.sort((a, b) => b.time - a.time)[0];
}

function pick(path) {
  const { size, mtimeMs } = statSync(path);
  return { size, time: mtimeMs };
}

/** Nothing is left outside of the checkout, and no running service is asked. */
function demoEnvironment() {
  const { KILN_SERVICE_URL: _, ...environment } = process.env;
  return { ...environment, KILN_DATA_DIR: join(HOME, OUTPUT, 'data') };
}

await runScript(() => {
  bootstrap({ purpose: 'demo' });
  console.log(`Compiling ${KEYMAP}: npx kiln compile ${KEYMAP} -o ${OUTPUT}`);
  const kiln = join(HOME, 'cli', 'kiln.js');
  const result = spawnSync(projectNode(), [kiln, 'compile', KEYMAP, '-o', OUTPUT], {
    cwd: HOME,
    stdio: 'inherit',
    env: demoEnvironment(),
  });
  if (result.status !== 0) return result.status ?? 1;
  const image = newestImage();
  if (image === undefined) {
    console.error(`The build ended well but left no image in ${OUTPUT}.`);
    return 1;
  }
  const size = image.size.toLocaleString('en');
  console.log(`\nThe image for the 4×4 pad (kiln/pad4x4): ${image.path}, ${size} bytes.`);
  console.log(`Change a key in ${KEYMAP} and run npm run demo again, or look around:`);
  console.log('npx kiln keyboards');
  return 0;
});
