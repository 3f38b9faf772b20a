/**
 * Runs inside of the empty world of `empty-world.ts`, on the package's own Node: starts the package's service, has each
 * keymap built, and prints what that took as one line of JSON. A keymap that names no tree (`branch`) is of the starter tree.
 *
 *     node client.mjs <kiln.js> <folder for images> <keymap.json…>
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [kiln, images, ...keymaps] = process.argv.slice(2);
const startedAt = performance.now();
const seconds = () => (performance.now() - startedAt) / 1000;

async function askJson(url, init) {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function build(url, file) {
  const headers = { 'Content-Type': 'application/json' };
  const body = JSON.stringify({ branch: 'starter', ...JSON.parse(readFileSync(file, 'utf8')) });
  const { job_id: id } = await askJson(`${url}/v1/compile`, { method: 'POST', headers, body });
  for (;;) {
    const job = await askJson(`${url}/v1/compile/${id}`);
    if (job.status === 'finished') {
      const { firmware_filename: name, output } = job.result;
      if (!name) throw new Error(`${file}: ${output}`);
      const image = await fetch(`${url}/v1/compile/${id}/download`);
      writeFileSync(join(images, name), Buffer.from(await image.arrayBuffer()));
      return name;
    }
    if (job.status === 'failed' || job.status === 'unknown') throw new Error(JSON.stringify(job));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const service = spawn(process.execPath, [kiln, 'serve', '--port', '0', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { value } = await createInterface({ input: service.stdout })[Symbol.asyncIterator]().next();
// There is no /etc/hosts to know localhost by.
const url = JSON.parse(value).url.replace('localhost', '127.0.0.1');
const readyAt = seconds();
const keyboards = (await askJson(`${url}/v1/keyboards`)).length;
const built = [];
try {
  for (const file of keymaps) built.push({ name: await build(url, file), at: seconds() });
  console.log(JSON.stringify({ readyAt, keyboards, built }));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  service.kill('SIGTERM');
}
