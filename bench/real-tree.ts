/** What benchmarks on a real QMK tree share: a copy of the tree that may be written to, and Kiln's tools for it. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const KILN = join(import.meta.dirname, '../cli/kiln.js');

export interface RealTree {
  readonly folder: string;
  /** A copy: `qmk` commands write into the tree. */
  readonly tree: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a Kiln command. @throws with what it printed when it fails. */
  kiln(...args: string[]): string;
  /** False when an earlier call has made the folder. */
  readonly isNew: boolean;
  remove(): void;
}

/** A keymap with a key on every place, for the first of the keyboard's layouts. */
export function benchKeymap(bench: Pick<RealTree, 'tree' | 'env'>, keyboard: string) {
  const info = spawnSync('qmk', ['info', '-kb', keyboard, '-f', 'json'], {
    cwd: bench.tree,
    env: bench.env,
    encoding: 'utf8',
  });
  const { layouts } = JSON.parse(info.stdout) as { layouts: Record<string, { layout: unknown[] }> };
  const [layout = '', data] = Object.entries(layouts).sort()[0] ?? [];
  const layers = [Array.from({ length: data?.layout.length ?? 0 }, () => 'KC_A')];
  return { version: 1, keyboard, keymap: 'bench', layout, layers };
}

/** Copies the tree that KILN_TEST_QMK_HOME names. */
function copyTree(tree: string, say: (text: string) => void): void {
  const home = process.env.KILN_TEST_QMK_HOME;
  if (home === undefined) throw new Error('Name a QMK tree in KILN_TEST_QMK_HOME.');
  say(`Copying ${home}`);
  cpSync(home, tree, { recursive: true, filter: (file) => !file.endsWith('/.build') });
  // Trees that came through a zip file have lost the permissions without which `qmk compile` fails.
  spawnSync('sh', ['-c', 'chmod +x util/*.py util/*.sh'], { cwd: tree });
  // Git's index still has the original's times, and each look at a changed file would read all of the copy anew.
  spawnSync('git', ['status', '--porcelain', '--untracked-files=no'], { cwd: tree });
}

/**
 * @param kept folder that holds all of it and stays, to be used by the next call as it is; a temporary one when absent.
 * @throws with a sentence when KILN_TEST_QMK_HOME names no tree.
 */
export function prepareRealTree(say: (text: string) => void, kept?: string): RealTree {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'kiln-bench-'));
  const tree = join(folder, 'qmk_firmware');
  const ready = join(folder, 'ready');
  const isReady = existsSync(ready);
  if (!isReady) copyTree(tree, say);
  const dataDir = join(folder, 'data');
  const env = {
    PATH: `${join(dataDir, 'toolchain/python/bin')}:${process.env.PATH}`,
    HOME: folder,
    LANG: 'C.UTF-8',
    KILN_DATA_DIR: dataDir,
    // One build with all cores, as `kiln compile` without a service does it.
    KILN_WORKERS: '1',
    // The sandbox's process namespace hides the builds' CPU time from who started it; bench/sandbox.ts tells its cost.
    KILN_SANDBOX: 'off',
  };
  const kiln = (...args: string[]): string => {
    const result = spawnSync(process.execPath, [KILN, ...args], { env, encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`kiln ${args.join(' ')} failed: ${result.stderr}`);
    return result.stdout;
  };
  if (!isReady) {
    say('Installing the qmk command line');
    kiln('toolchain', 'install', '--json');
    writeFileSync(ready, '');
  }
  return {
    folder,
    tree,
    dataDir,
    env,
    kiln,
    isNew: !isReady,
    remove() {
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
