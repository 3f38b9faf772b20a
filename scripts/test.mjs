/**
 * Makes the checkout ready, then runs all tests, those in a browser last. Arguments go on to vitest; words choose among
 * its tests, and leave the browser out: npm test -- queue
 *
 * Without a Chromium, and no way to get one, the tests in a browser are left out with a word; KILN_E2E=required makes
 * that a failure. Tests of the desktop are left out likewise without an Electron or a screen for it.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  bootstrap,
  bootstrapBrowser,
  bootstrapScale,
  bootstrapShell,
  HOME,
  runScript,
} from './bootstrap.mjs';
import { projectNode } from './project-node.mjs';

/** @returns {number} the exit code */
function run(script, args) {
  const file = join(HOME, 'node_modules', ...script);
  const { status } = spawnSync(projectNode(), [file, ...args], { cwd: HOME, stdio: 'inherit' });
  return status ?? 1;
}

/** Before the tests and not during one of them, where it would count as slowness of the page. */
function buildWindow() {
  const script = join(HOME, 'scripts', 'build-app.mjs');
  const { status } = spawnSync(projectNode(), [script], { cwd: HOME, stdio: 'inherit' });
  return status ?? 1;
}

function runInBrowser(noBrowser) {
  if (noBrowser === undefined) {
    return buildWindow() || run(['@playwright', 'test', 'cli.js'], ['test']);
  }
  console.error(`Left out: the tests in a browser. ${noBrowser}`);
  return process.env.KILN_E2E === 'required' ? 1 : 0;
}

await runScript(() => {
  bootstrap({ purpose: 'test' });
  const args = process.argv.slice(2);
  const isChoice = args.some((arg) => !arg.startsWith('-'));
  const noBrowser = isChoice ? undefined : bootstrapBrowser();
  const noShell = isChoice ? undefined : bootstrapShell();
  if (noShell !== undefined) console.error(`Left out: the tests of the desktop. ${noShell}`);
  const noScale = isChoice ? undefined : bootstrapScale();
  if (noScale !== undefined) console.error(`Left out: tests of several machines. ${noScale}`);
  const status = run(['vitest', 'vitest.mjs'], ['run', ...args]);
  return isChoice ? status : runInBrowser(noBrowser) || status;
});
