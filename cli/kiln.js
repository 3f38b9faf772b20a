#!/usr/bin/env node
/**
 * The guard in front of the program. On a Node that is too old the rest would not load, or crash without a
 * word, so this file and what it imports keep to what old versions understand.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSupportedNode, NEEDED_NODE } from './node-version.js';

const home = dirname(dirname(fileURLToPath(import.meta.url)));

/** In a checkout npm installs a Node of the right version as a package. */
const ownNode = join(home, 'node_modules', '.bin', 'node');

/** Goes on in another Node, and is to the outside as if that one had been called. */
function runWith(node) {
  const env = { ...process.env, KILN_GUARD: 'passed' };
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env });
  // Ctrl+C on a terminal reaches the child by itself; a second one would mean "at once" to it.
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const handlers = { SIGTERM: true, SIGHUP: true, SIGINT: !onTerminal };
  for (const [signal, forwards] of Object.entries(handlers)) {
    process.on(signal, () => forwards && child.kill(signal));
  }
  child.on('error', (error) => {
    console.error(`Kiln could not start ${node}: ${error.message}. Run: npm run bootstrap.`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    for (const name of Object.keys(handlers)) process.removeAllListeners(name);
    if (signal === null) process.exitCode = code;
    else process.kill(process.pid, signal);
  });
}

async function runHere() {
  delete process.env.KILN_GUARD;
  const { compiledCodeFolder } = await import('./compiled-code.js');
  const compiled = await compiledCodeFolder(home, process.env);
  if (compiled !== undefined) module.enableCompileCache(compiled);
  // `kiln keyboards | head`: who reads no more is no fault, and a build goes on to its image.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
}

if (isSupportedNode(process.versions) && process.features.typescript) {
  await runHere();
  // Once only, should that Node be unfit as well.
} else if (existsSync(ownNode) && process.env.KILN_GUARD !== 'passed') {
  runWith(ownNode);
} else {
  console.error(
    `Kiln needs Node.js ${NEEDED_NODE}; this is ${process.versions.node}. ` +
      'Install a newer one, or run in a checkout: npm run bootstrap.',
  );
  process.exitCode = 1;
}
