/**
 * Packages the service alone, without the desktop, for servers and containers:
 *
 *     npm run package:service      into dist/host: bin/kiln, and all that it needs
 *
 * A toolchain that was staged before (kiln toolchain stage, or the folder of KILN_TOOLCHAIN) travels along, and so does the
 * firmware tree that KILN_BUNDLE_TREE names.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { HOME, isMain } from './bootstrap.mjs';
import { buildApp } from './build-app.mjs';
import { bundleService } from './bundle-service.mjs';
import { bundleNamedTree } from './bundle-tree.mjs';
import {
  addToolchain,
  copyWhole,
  findStagedToolchain,
  stageLauncher,
  stageNode,
  stageNotices,
  stagePackages,
} from './package.mjs';
import { stageService } from './stage-service.mjs';

/** @param {string} target an absolute path; what lies there is replaced */
export async function packageService(target) {
  const system = { platform: process.platform, arch: process.arch };
  rmSync(target, { recursive: true, force: true });
  stageService(join(target, 'service'));
  await bundleService(join(target, 'service'));
  const tree = await bundleNamedTree(findStagedToolchain());
  stageNotices(join(target, 'service'), system, tree);
  stagePackages(join(target, 'service'), system);
  stageNode(join(target, 'node'));
  stageLauncher(join(target, 'bin'));
  const toolchain = findStagedToolchain();
  if (toolchain !== null) await addToolchain(toolchain, target);
  if (tree !== null) copyWhole(tree, join(target, 'tree'));
  return toolchain !== null;
}

if (isMain(import.meta.url)) {
  const target = join(HOME, 'dist/host');
  await buildApp();
  const hasToolchain = await packageService(target);
  console.log(`The service is in dist/host${hasToolchain ? ', with its toolchain' : ''}.`);
}
