/** Real processes with bad habits; after each test nothing may be left of any of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  killGroupIfSame,
  type ProcessIdentity,
  processIdentity,
  type RunOptions,
  run,
  start,
} from '../../core/subprocess.ts';

const onLinux = process.platform === 'linux';

/** Carried by all processes of a test; what the module itself marks them with is not trusted here. */
let tag = '';

const fixture = (name: string) => join(import.meta.dirname, '../fixtures/processes', name);

const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  cwd: tmpdir(),
  env: { KILN_TEST: tag },
  timeoutMs: 20_000,
  maxOutputBytes: 64 * 1024,
  ...more,
});

const runFixture = (name: string, more: Partial<RunOptions> = {}, args: readonly string[] = []) =>
  run(process.execPath, [fixture(name), ...args], options(more));

/** Numbers of all running processes that carry the tag, by what the kernel says. */
function tagged(): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const isOurs = readFileSync(`/proc/${name}/environ`, 'utf8').includes(`KILN_TEST=${tag}`);
      const isZombie = /^State:\s+Z/m.test(readFileSync(`/proc/${name}/status`, 'utf8'));
      return isOurs && !isZombie ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

/** Cancels when the program has printed a line that starts with `word`. */
function cancelAt(word: string) {
  const controller = new AbortController();
  const seen: string[] = [];
  const onLine = (line: string) => {
    seen.push(line);
    if (line.startsWith(word)) controller.abort();
  };
  return { signal: controller.signal, onLine, seen };
}

beforeEach(() => {
  tag = randomUUID();
});

afterEach(() => {
  if (onLinux) expect(tagged(), 'processes left behind').toEqual([]);
});

describe('run', () => {
  it('gives code, both streams and what was run when a program ends by itself', async () => {
    const result = await runFixture('exits-with-3.mjs');
    expect(result).toMatchObject({
      outcome: 'exited',
      exitCode: 3,
      signal: null,
      stdout: 'to stdout',
      stderr: 'to stderr',
      truncated: false,
      command: [process.execPath, fixture('exits-with-3.mjs')],
    });
    expect(result.output.split('\n').sort()).toEqual(['to stderr', 'to stdout']);
  });

  it('gives the program the environment of the caller and, on Linux, one mark', async () => {
    const print = 'console.log(JSON.stringify(Object.keys(process.env).sort()))';
    const { stdout } = await run(process.execPath, ['-e', print], options());
    const names = JSON.parse(stdout).filter((name: string) => name !== '__CF_USER_TEXT_ENCODING');
    expect(names).toEqual(onLinux ? ['KILN_RUN', 'KILN_TEST'] : ['KILN_TEST']);
  });

  it('passes arguments as they are, with no shell to read them', async () => {
    const odd = ['a b', '$HOME', '"; exit 9', '*', ''];
    const print = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const { stdout } = await run(process.execPath, ['-e', print, '--', ...odd], options());
    expect(JSON.parse(stdout)).toEqual(odd);
  });

  it('hands over the input, and an empty one where there is none', async () => {
    const read = 'process.stdin.pipe(process.stdout)';
    const given = await run(process.execPath, ['-e', read], options({ stdin: 'söme\ntext' }));
    expect(given.stdout).toBe('söme\ntext');
    const none = await run(process.execPath, ['-e', read], options());
    expect(none).toMatchObject({ outcome: 'exited', exitCode: 0, stdout: '' });
  });

  it('bears a program that does not read its input', async () => {
    const result = await run(process.execPath, ['-e', '0'], options({ stdin: 'x'.repeat(1e6) }));
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  });

  it('joins a character that came in two pieces, and shows half a character as such', async () => {
    const lines: string[] = [];
    const result = await runFixture('prints-half-characters.mjs', {
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(['a ⌨ b', '\uFFFD']);
    expect(result.stdout).toBe('a ⌨ b\n\uFFFD');
  });

  it('keeps beginning and end of 100 MB within the limit and gives every line to its listener', async () => {
    let lines = 0;
    const result = await runFixture('prints-100-megabytes.mjs', {
      onLine: () => {
        lines += 1;
      },
    });
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 0, truncated: true });
    expect(lines).toBe(1_000_000);
    expect(Buffer.byteLength(result.output)).toBeLessThan(64 * 1024 + 100);
    expect(result.output).toMatch(/^0\.\.\./);
    expect(result.output).toMatch(/\n… \d+ bytes left out …\n/);
    expect(result.output).toMatch(/\n999999\.+$/);
  });

  it('gives a listener lines that are longer than what is kept, where that is asked for', async () => {
    const lengths: number[] = [];
    const print = 'console.log("x".repeat(5000))';
    await run(process.execPath, ['-e', print], {
      ...options({ maxOutputBytes: 100 }),
      maxLineLength: 10_000,
      onLine: (line) => lengths.push(line.length),
    });
    expect(lengths).toEqual([5000]);
  });

  it('tells a crash from an end', async () => {
    const crash = 'process.kill(process.pid, "SIGSEGV"); setTimeout(() => {}, 1000)';
    const result = await run(process.execPath, ['-e', crash], options());
    expect(result).toMatchObject({ outcome: 'signaled', exitCode: null, signal: 'SIGSEGV' });
  });

  it('rejects with what a listener threw, after ending the program', async () => {
    const onLine = () => {
      throw new Error('of the listener');
    };
    await expect(runFixture('never-ends.mjs', { onLine })).rejects.toThrow('of the listener');
  });
});

describe('a run that cannot start', () => {
  it('says that the program was not found', async () => {
    const result = await run('kiln-no-such-program', [], options());
    expect(result).toMatchObject({
      outcome: 'not-started',
      exitCode: null,
      failure: { errno: 'ENOENT', message: 'kiln-no-such-program was not found.' },
    });
  });

  it('looks the program up in the PATH that it is given, not in ours', async () => {
    const result = await run('node', ['-e', '0'], options({ env: { PATH: '/nowhere' } }));
    expect(result.outcome).toBe('not-started');
  });

  it('says that the folder to run in does not exist', async () => {
    const result = await runFixture('exits-with-3.mjs', { cwd: '/no/such/folder' });
    expect(result.outcome).toBe('not-started');
    expect(result.failure?.message).toContain('/no/such/folder');
  });

  it('says that a file is not executable', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kiln-test-'));
    const file = join(folder, 'plain');
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o644);
    const result = await run(file, [], options());
    rmSync(folder, { recursive: true });
    expect(result).toMatchObject({ outcome: 'not-started', failure: { errno: 'EACCES' } });
  });

  it('says that the arguments are too long', async () => {
    const result = await run(process.execPath, ['x'.repeat(8 * 1024 * 1024)], options());
    expect(result).toMatchObject({ outcome: 'not-started', failure: { errno: 'E2BIG' } });
  });

  it('refuses an argument that no program can be given', async () => {
    const result = await run(process.execPath, ['a\0b'], options());
    expect(result.outcome).toBe('not-started');
  });

  it('does not start when it was canceled before', async () => {
    const result = await runFixture('never-ends.mjs', { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ outcome: 'canceled', exitCode: null });
  });
});

describe('stopping', () => {
  it('ends a program at its time limit', async () => {
    const result = await runFixture('never-ends.mjs', { timeoutMs: 300 });
    expect(result).toMatchObject({ outcome: 'timed-out', signal: 'SIGTERM' });
    expect(result.durationMs).toBeLessThan(1500);
  });

  it('asks first, then forces a program that ignores SIGTERM, within two seconds', async () => {
    const cancel = cancelAt('ready');
    const result = await runFixture('ignores-sigterm.mjs', cancel);
    expect(result).toMatchObject({ outcome: 'canceled', exitCode: null, signal: 'SIGKILL' });
    expect(result.stdout).toBe('ready\nno');
    expect(result.durationMs).toBeLessThan(2500);
  });

  it('does not ask when the grace is zero', async () => {
    const result = await runFixture('ignores-sigterm.mjs', {
      ...cancelAt('ready'),
      killGraceMs: 0,
    });
    expect(result).toMatchObject({ outcome: 'canceled', stdout: 'ready', signal: 'SIGKILL' });
  });

  it('ends a grandchild that ignores everything', async () => {
    const result = await runFixture('grandchild-ignores-all.mjs', cancelAt('ready'));
    expect(result).toMatchObject({ outcome: 'canceled', signal: 'SIGTERM' });
    expect(result.durationMs).toBeLessThan(2500);
  });

  it.runIf(onLinux)('ends a child that went into a session of its own', async () => {
    const result = await runFixture('setsid-child.mjs', cancelAt('ready'));
    expect(result.outcome).toBe('canceled');
  });

  it('bears to be canceled twice, and after the end', async () => {
    const running = start(process.execPath, [fixture('never-ends.mjs')], options());
    const [first, second] = await Promise.all([running.kill(), running.kill()]);
    expect(first.outcome).toBe('canceled');
    expect(await running.kill()).toBe(second);
  });
});

describe('what a program leaves behind', () => {
  it.runIf(onLinux)(
    'does not keep the run waiting when it holds the output, and is ended',
    async () => {
      const result = await runFixture('leaves-a-daemon.mjs', {}, ['holds']);
      expect(result).toMatchObject({ outcome: 'exited', exitCode: 0 });
      expect(result.stdout).toMatch(/^left \d+$/);
      expect(result.durationMs).toBeLessThan(3000);
    },
  );

  it('is ended with its group', async () => {
    const result = await runFixture('leaves-a-group-member.mjs');
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 0 });
  });
});

describe('start', () => {
  it('talks with a helper line by line until its input ends', async () => {
    const lines: string[] = [];
    let heard: () => void = () => undefined;
    const onLine = (line: string) => {
      lines.push(line);
      heard();
    };
    const ask = (text: string) =>
      new Promise<void>((resolve) => {
        heard = resolve;
        expect(helper.writeLine(text)).toBe(true);
      });
    const helper = start(process.execPath, [fixture('answers-lines.mjs')], {
      ...options(),
      onLine,
    });
    await ask('four');
    await ask('x'.repeat(200_000));
    helper.endInput();
    expect(await helper.exited).toMatchObject({ outcome: 'exited', exitCode: 0 });
    expect(lines).toEqual(['4', '200000']);
    expect(helper.writeLine('more')).toBe(false);
  });

  it('exchanges messages with a worker', async () => {
    const messages: unknown[] = [];
    const worker = start(process.execPath, [fixture('answers-messages.mjs')], {
      ...options(),
      onMessage: (message) => {
        messages.push(message);
        worker.send(messages.length === 1 ? { question: { deep: [1, 2] } } : { end: true });
      },
    });
    expect(await worker.exited).toMatchObject({ outcome: 'exited', exitCode: 0 });
    expect(messages[0]).toMatchObject({ ready: true });
    expect(messages[1]).toEqual({ answer: { deep: [1, 2] } });
    expect(worker.send({})).toBe(false);
  });

  it('says why it could not start', async () => {
    const running = start('kiln-no-such-program', [], options());
    expect(running.pid).toBeUndefined();
    expect(running.writeLine('x')).toBe(false);
    expect((await running.exited).outcome).toBe('not-started');
  });

  it('has no time limit of its own', async () => {
    const running = start(process.execPath, [fixture('exits-with-3.mjs')], {
      cwd: tmpdir(),
      env: { KILN_TEST: tag },
      maxOutputBytes: 100,
    });
    expect(await running.exited).toMatchObject({ outcome: 'exited', exitCode: 3 });
  });
});

describe.runIf(onLinux)('when the process that started a run dies', () => {
  let worker: ChildProcess;

  /** A worker of which nobody takes care, as after the death of its service; gives its run's record. */
  async function orphanage(name: string): Promise<Required<ProcessIdentity>> {
    worker = spawn(process.execPath, [fixture('starts-a-run.ts'), fixture(name)], {
      env: { KILN_TEST: tag },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: worker.stdout as Readable });
    const line = await new Promise<string>((resolve) => lines.once('line', resolve));
    return JSON.parse(line);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill(signal);
    await exit;
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(20);
  }

  it('takes its runs along if it may', async () => {
    await orphanage('never-ends.mjs');
    await end('SIGTERM');
    await until(() => tagged().length === 0);
  });

  it('lets the next one find and end them by its record', async () => {
    const record = await orphanage('ignores-sigterm.mjs');
    await end('SIGKILL');
    expect(tagged()).toEqual([record.pid]);
    const { mark, ...unmarked } = record;
    expect(await processIdentity(record.pid)).toEqual(unmarked);
    expect(await killGroupIfSame(unmarked)).toBe(true);
    expect(tagged()).toEqual([]);
    expect(await killGroupIfSame({ ...unmarked, mark })).toBe(false);
  });

  it('finds the children of a leader that is dead', async () => {
    const record = await orphanage('grandchild-ignores-all.mjs');
    await until(() => tagged().length === 3);
    await end('SIGKILL');
    process.kill(record.pid, 'SIGKILL');
    await until(() => tagged().length === 1);
    expect(await killGroupIfSame(record)).toBe(true);
  });

  it('finds a daemon that left group and parent by its mark', async () => {
    const record = await orphanage('setsid-child.mjs');
    await until(() => tagged().length === 3);
    await end('SIGKILL');
    process.kill(record.pid, 'SIGKILL');
    await until(() => tagged().length === 1);
    const { mark, ...unmarked } = record;
    expect(await killGroupIfSame(unmarked)).toBe(false);
    expect(await killGroupIfSame({ ...unmarked, mark })).toBe(true);
  });

  it('leaves a process alone that has the number by now', async () => {
    const record = await orphanage('never-ends.mjs');
    const [ticks, boot] = record.startTime.split('@');
    const earlier = { ...record, startTime: `${Number(ticks) - 100}@${boot}`, mark: 'another' };
    expect(await killGroupIfSame(earlier)).toBe(false);
    const otherBoot = { ...record, startTime: `${ticks}@another-boot` };
    expect(await killGroupIfSame(otherBoot)).toBe(false);
    expect(tagged()).toContain(record.pid);
    await end('SIGTERM');
    await until(() => tagged().length === 0);
  });

  it('has its runs ended by who started it with start', async () => {
    const cancel = cancelAt('{');
    const supervised = start(
      process.execPath,
      [fixture('starts-a-run.ts'), fixture('ignores-sigterm.mjs')],
      { ...options(), onLine: cancel.onLine },
    );
    await until(() => cancel.seen.length > 0);
    process.kill(supervised.pid ?? 0, 'SIGKILL');
    expect(await supervised.exited).toMatchObject({ outcome: 'signaled', signal: 'SIGKILL' });
    expect(tagged()).toEqual([]);
  });
});
