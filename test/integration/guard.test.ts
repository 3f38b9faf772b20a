/** The guard in front of the program, in a checkout of its own whose program is a few lines. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run, start } from '../../core/subprocess.ts';

/** Loaded before the guard: lets it believe that it runs on an old Node, unless it passed there once. */
const PRETEND_OLD = `
if (process.env.KILN_GUARD !== 'passed') {
  const versions = { ...process.versions, node: '20.20.2', napi: '9' };
  Object.defineProperty(process, 'versions', { value: versions });
}`;

const MAIN = `
export async function main(argv: string[]): Promise<number> {
  const tell = () => console.log(JSON.stringify({ argv, guard: process.env.KILN_GUARD ?? null }));
  if (argv[0] !== 'wait') return tell() ?? 7;
  const timer = setTimeout(() => undefined, 60_000);
  return new Promise((resolve) => {
    process.once('SIGTERM', () => {
      console.log('heard SIGTERM');
      clearTimeout(timer);
      resolve(3);
    });
    // Only now: whoever reads this sends the signal.
    tell();
  });
}
`;

let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kiln-test-'));
  mkdirSync(join(home, 'cli'));
  writeFileSync(join(home, 'package.json'), '{"type": "module"}');
  writeFileSync(join(home, 'old.mjs'), PRETEND_OLD);
  writeFileSync(join(home, 'cli/main.ts'), MAIN);
  for (const name of ['kiln.js', 'node-version.js', 'compiled-code.js']) {
    copyFileSync(join(import.meta.dirname, '../../cli', name), join(home, 'cli', name));
  }
});
afterEach(() => rmSync(home, { recursive: true }));

function installNode() {
  mkdirSync(join(home, 'node_modules/.bin'), { recursive: true });
  symlinkSync(process.execPath, join(home, 'node_modules/.bin/node'));
}

const options = () => ({ cwd: home, env: {}, maxOutputBytes: 10_000, timeoutMs: 20_000 });
const kiln = (...args: string[]) => [join(home, 'cli/kiln.js'), ...args];
const onOldNode = (...args: string[]) => ['--import', join(home, 'old.mjs'), ...kiln(...args)];

describe('cli/kiln.js', () => {
  it('hands arguments over and the exit code back', async () => {
    const result = await run(process.execPath, kiln('a', 'b c'), options());
    expect(result).toMatchObject({ exitCode: 7, stderr: '' });
    expect(JSON.parse(result.stdout)).toEqual({ argv: ['a', 'b c'], guard: null });
  });

  it('says in one sentence what an old Node lacks', async () => {
    const result = await run(process.execPath, onOldNode(), options());
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/^Kiln needs Node\.js .*; this is 20\.20\.2\. Install .*\.$/);
  });

  it('goes on in the Node of the checkout when the system’s is old', async () => {
    installNode();
    const result = await run(process.execPath, onOldNode('a'), options());
    expect(result).toMatchObject({ exitCode: 7, stderr: '' });
    expect(JSON.parse(result.stdout)).toEqual({ argv: ['a'], guard: null });
  });

  it('passes SIGTERM on to the Node of the checkout', async () => {
    installNode();
    const running = start(process.execPath, onOldNode('wait'), {
      ...options(),
      onLine: (line) => {
        // To the guard alone, as a service manager does.
        if (line.startsWith('{')) process.kill(running.pid ?? 0, 'SIGTERM');
      },
    });
    const result = await running.exited;
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 3 });
    expect(result.stdout).toContain('heard SIGTERM');
  });

  it('ends as the Node of the checkout did when a signal ended that', async () => {
    installNode();
    writeFileSync(join(home, 'cli/main.ts'), 'process.kill(process.pid, "SIGKILL");');
    const result = await run(process.execPath, onOldNode(), options());
    expect(result).toMatchObject({ outcome: 'signaled', signal: 'SIGKILL' });
  });
});
