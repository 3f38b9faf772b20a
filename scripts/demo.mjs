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

await runScript(() => {
  bootstrap({ purpose: 'demo' });
  console.log(`Compiling ${KEYMAP}: npx kiln compile ${KEYMAP} -o ${OUTPUT}`);
  const kiln = join(HOME, 'cli', 'kiln.js');
  const result = spawnSync(projectNode(), [kiln, 'compile', KEYMAP, '-o', OUTPUT], {
    cwd: HOME,
    stdio: 'inherit',
    // The demo leaves nothing outside of the checkout.
    env: { ...process.env, KILN_DATA_DIR: join(HOME, OUTPUT, 'data') },
  });
  if (result.status !== 0) return result.status ?? 1;
  const image = newestImage();
  if (image === undefined) {
    console.error(`The build ended well but left no image in ${OUTPUT}.`);
    return 1;
  }
  console.log(`\n${image.path}, ${image.size} bytes: firmware for the 4×4 pad (kiln/pad4x4).`);
  console.log(`Change a key in ${KEYMAP} and run npm run demo again, or look around:`);
  console.log('npx kiln keyboards');
  return 0;
});
