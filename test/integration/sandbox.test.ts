/**
 * Hostile builds, given straight to the sandbox as if admission had let them through; T1 to T20 are the classes of
 * threats that docs/security.md answers to. Real bubblewrap, real make and compilers.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunOptions, run } from '../../core/subprocess.ts';
import { readImage } from '../../worker/build/image.ts';
import type { BuildPlaces } from '../../worker/sandbox/contract.ts';
import { createSandbox } from '../../worker/sandbox/create-sandbox.ts';
import { isInPlace } from '../../worker/sandbox/in-place.ts';
import { LIMITS } from '../../worker/sandbox/limits.ts';
import { removeJobFolder } from '../../worker/sandbox/remove-folder.ts';
import { processesOf } from '../fixtures/service/processes.ts';
import { until } from '../fixtures/service/until.ts';
import { defaultKeymapOf, generate, STARTER } from '../fixtures/starter-build/build.ts';

const MIB = 1024 * 1024;
/** As in real builds, but reached sooner. */
const SMALL = {
  ...LIMITS,
  addressBytes: 384 * MIB,
  cpuSeconds: 3,
  fileBytes: 16 * MIB,
  processes: 64,
  memoryBytes: 400 * MIB,
  folderBytes: 32 * MIB,
  folderEntries: 500,
  outputBytes: MIB,
};

const status = await createSandbox({ sandbox: 'best' }).status();
const REASON = status.level === 'full' ? '' : ` (skipped: ${status.message})`;
const BOARD = 'kiln/pad4x4';

/** Every file outside of the job's folder, with what tells a change. */
function listing(folder: string, except: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => !path.startsWith(except))
    .map((path) => {
      const { mtimeMs, size, mode } = lstatSync(path);
      return path === join(except, '..') ? path : `${path} ${mtimeMs} ${size} ${mode}`;
    })
    .sort();
}

/** Whether any file below holds the text. */
function holds(folder: string, text: string): boolean {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => {
    const path = join(folder, name);
    return lstatSync(path).isFile() && readFileSync(path).includes(text);
  });
}

describe.skipIf(status.level !== 'full')(`a hostile build in the full sandbox${REASON}`, () => {
  let root: string;
  let tree: string;
  let folder: string;
  let secretFile: string;
  let secret: string;
  let places: BuildPlaces;

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'kiln-sandbox-')));
    tree = join(root, 'tree');
    folder = join(root, 'data', 'builds', 'job', 'work');
    cpSync(STARTER, tree, { recursive: true });
    mkdirSync(join(tree, '.git'));
    for (const name of ['src', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
    secret = `secret-${randomUUID()}`;
    secretFile = join(root, 'secret.txt');
    // Legal C and legal text for make, so that only its being out of sight keeps it from the log.
    writeFileSync(secretFile, `${secret}\n`);
    writeFileSync(join(root, 'data', 'token'), secret);
    writeFileSync(join(tree, '.git', 'config'), secret);
    places = {
      folder,
      temporary: join(folder, 'tmp'),
      readable: [tree],
      hidden: [join(tree, '.git'), join(root, 'data')],
    };
  });

  afterEach(() => {
    expect(processesOf('none', root)).toEqual([]);
    rmSync(root, { recursive: true, force: true });
  });

  const sandbox = createSandbox({ sandbox: 'required' }, SMALL);
  const runIn = (file: string, args: readonly string[], options: Partial<RunOptions> = {}) =>
    sandbox.run(
      file,
      args,
      {
        cwd: folder,
        env: { PATH: '/usr/bin:/bin', HOME: folder, LC_ALL: 'C.UTF-8' },
        timeoutMs: 20_000,
        maxOutputBytes: 256 * 1024,
        ...options,
      },
      places,
    );
  const shell = (script: string, options?: Partial<RunOptions>) =>
    runIn('/bin/bash', ['-c', script], options);
  /** The starter tree's make, with the lines before the keymap's own. */
  const build = (before: string, variables: readonly string[] = []) => {
    const files = generate(BOARD, defaultKeymapOf(BOARD));
    for (const [name, text] of Object.entries(files)) {
      const content = name === 'keymap.c' ? `${before}\n${text}` : text;
      writeFileSync(join(folder, 'src', name), content);
    }
    const given = [`STARTER=${tree}`, `BUILD=${folder}`, 'TARGET=image', ...variables];
    return runIn('/usr/bin/make', ['-f', join(tree, 'Makefile'), ...given]);
  };
  const before = () => listing(root, folder);

  it('T1: finds no file and leaves no trace by a shell call of make in a name', async () => {
    const files = before();
    const { output } = await build('', [`TARGET=$(shell id>pwned; cat ${secretFile})image`]);
    expect(output).not.toContain(secret);
    expect(existsSync(join(folder, 'pwned'))).toBe(true);
    expect(listing(root, folder)).toEqual(files);
    expect(holds(folder, secret)).toBe(false);
  });

  it('T2: finds no file and leaves no trace by a shell command in a name', async () => {
    const files = before();
    const { output } = await build('', [`TARGET=x;cat\${IFS}${secretFile};id>${root}/pwned;`]);
    expect(output).not.toContain(secret);
    expect(listing(root, folder)).toEqual(files);
  });

  it('T3, T6: has no file to print by text of make', async () => {
    const text = `$(info $(file <${secretFile}))\ninclude ${secretFile}\nall:\n\techo done\n`;
    writeFileSync(join(folder, 'Makefile'), text);
    const { output, exitCode } = await runIn('/usr/bin/make', []);
    expect(exitCode).not.toBe(0);
    expect(output).not.toContain(secret);
  });

  it('T4: writes nowhere but into its own folder', async () => {
    const files = before();
    const targets = [
      `${root}/pwned`,
      `${tree}/pwned`,
      `${tree}/Makefile`,
      '../pwned',
      '../../../pwned',
      '/usr/pwned',
      '/pwned',
      '/dev/shm/pwned',
      '/etc/pwned',
      '/proc/sys/kernel/core_pattern',
      '/proc/sys/vm/swappiness',
    ];
    const { output } = await shell(
      targets.map((path) => `(echo 60 > ${path}) 2>/dev/null && echo wrote ${path}`).join('\n'),
    );
    // Its own /tmp may have folders of these names; they are part of the job's folder.
    const written = output.split('\n').filter((line) => !/kiln-sandbox-|\.\.\/|^$/.test(line));
    expect(written).toEqual([]);
    expect(listing(root, folder)).toEqual(files);
    await shell('echo x > /tmp/pwned');
    expect(readFileSync(join(folder, 'tmp', 'pwned'), 'utf8')).toBe('x\n');
  });

  it.each([
    ['T5', (file: string) => `#include "${file}"`],
    ['T6', (file: string) => `#line 1 "${file}"\n#error x`],
    ['T7', (file: string) => `__asm__(".incbin \\"${file}\\"");`],
    ['T8, T9', (file: string) => `const char stolen[] = {\n#embed "${file}"\n};`],
    ['T5 on /etc/passwd', () => '#include "/etc/passwd"'],
    ['T7 on the tree’s .git', () => `__asm__(".incbin \\"${tree}/.git/config\\"");`],
    ['T7 on Kiln’s data', () => `__asm__(".incbin \\"${root}/data/token\\"");`],
  ])('%s: brings no file of the machine into log or image', async (_, payload) => {
    const { output, exitCode } = await build(payload(secretFile));
    expect(exitCode).not.toBe(0);
    expect(output).not.toContain(secret);
    expect(output).not.toContain('root:');
    expect(holds(folder, secret)).toBe(false);
    expect(existsSync(join(folder, 'image.hex'))).toBe(false);
  });

  it.each([
    ['an endless include', '#include "/dev/zero"'],
    ['a repeated byte', '__asm__(".rept 1000000000\\n.byte 1\\n.endr");'],
    ['a huge array', 'const char huge[2000000000u] = {1};'],
    [
      'doubling macros',
      [
        '#define A0 1,1',
        ...Array.from({ length: 40 }, (_, n) => `#define A${n + 1} A${n},A${n}`),
        'const int bomb[] = {A40};',
      ].join('\n'),
    ],
  ])('T11: ends %s by itself, within the limits', async (_, payload) => {
    const ended = await build(payload).then(
      ({ outcome, exitCode }) => `${outcome} ${exitCode}`,
      (error: { code: string }) => error.code,
    );
    expect(ended).toMatch(/^exited [1-9]|^build.limit-exceeded$/);
  });

  it.each([
    ['output', 'yes', /^The build was stopped: it printed more than 1 MiB/],
    [
      'disk space',
      'for n in $(seq 100); do head -c 1000000 /dev/zero > f$n; done; sleep 60',
      /wrote more than 32 MiB/,
    ],
    ['files', 'for n in $(seq 800); do : > f$n; done; sleep 60', /made more than 500 files/],
    ['processes', 'for n in $(seq 100); do sleep 60 & done; wait', /had more than 64 processes|^$/],
    [
      'memory',
      'for n in 1 2 3 4 5; do (v=$(head -c 100000000 /dev/zero | tr "\\0" x); sleep 60) & done; wait',
      /took more than 400 MiB of memory/,
    ],
  ])('T11: is stopped when it takes too much of %s', async (_, script, message) => {
    const began = performance.now();
    const ended = await shell(script).then(
      // As an ordinary user the kernel refuses the process, and no one has to stop the build.
      ({ output }) => ({ code: output.includes('fork') ? 'kernel' : 'none', message: '' }),
      (error: { code: string; message: string }) => error,
    );
    expect(ended.message).toMatch(message);
    expect(['build.limit-exceeded', 'kernel']).toContain(ended.code);
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  it('T11: is stopped by processor time and by file size', async () => {
    expect((await shell('ulimit -t; while :; do :; done')).exitCode).toBe(128 + 9);
    await shell('head -c 50000000 /dev/zero > large');
    expect(lstatSync(join(folder, 'large')).size).toBe(16 * MIB);
  });

  it('T19: cannot pass off another file as its image', async () => {
    await shell(`ln -s ${secretFile} a.bin; mkfifo b.bin; echo x > x; ln x c.bin; ln x d; mkdir e`);
    await expect(readImage(join(folder, 'a.bin'), 'bin')).rejects.toThrow('is a link');
    await expect(readImage(join(folder, 'b.bin'), 'bin')).rejects.toThrow('not a regular file');
    await expect(readImage(join(folder, 'c.bin'), 'bin')).rejects.toThrow('second name');
    expect((await shell(`ln ${tree}/Makefile stolen.bin`)).exitCode).not.toBe(0);
  });

  it('T19: cannot put a link in the place of a folder that is read afterwards', async () => {
    const inner = join(folder, 'qmk_firmware');
    mkdirSync(inner);
    expect(await isInPlace(folder, inner)).toBe(true);
    await shell(`cd ${folder} && rmdir qmk_firmware && ln -s ${root} qmk_firmware`);
    expect(await isInPlace(folder, inner)).toBe(false);
    await shell('rm qmk_firmware');
    expect(await isInPlace(folder, inner)).toBe(false);
  });

  it('T20: leaves no process behind, not even a daemon in a session of its own', async () => {
    const { exitCode, durationMs } = await shell(
      "trap '' TERM; setsid sleep 1000 >/dev/null 2>&1 & (sleep 1000 &) ; sleep 0.2; exit 0",
    );
    expect(exitCode).toBe(0);
    expect(durationMs).toBeLessThan(5000);
    await until('all processes to be gone', () => processesOf('none', root).length === 0, 2000);
  });

  it('T20: is gone within two seconds of a cancel, whatever it ignores', async () => {
    const cancel = new AbortController();
    const running = shell("trap '' TERM INT HUP; setsid sleep 1000 & while :; do sleep 1; done", {
      signal: cancel.signal,
    });
    await until('the build to run', () => processesOf('none', root).length > 2);
    const began = performance.now();
    cancel.abort();
    expect((await running).outcome).toBe('canceled');
    expect(performance.now() - began).toBeLessThan(2000);
    expect(processesOf('none', root)).toEqual([]);
  });

  it('leaves nothing that cannot be removed, be it nested deeper than a path is long', async () => {
    const name = 'd'.repeat(200);
    await shell(`for n in $(seq 60); do mkdir ${name} && cd ${name} || break; done; chmod 0 .`);
    expect(readdirSync(folder)).toContain(name);
    await removeJobFolder(join(folder, '..'));
    expect(existsSync(join(folder, '..'))).toBe(false);
  });

  it('reaches no network, not even this machine’s', async () => {
    let visits = 0;
    const server = createServer((socket) => {
      visits += 1;
      socket.destroy();
    });
    const port = await new Promise<number>((done) => {
      server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port));
    });
    const { exitCode, output } = await shell(`echo x > /dev/tcp/127.0.0.1/${port}`);
    expect(exitCode).not.toBe(0);
    expect(output).toContain('Operation not permitted');
    expect(visits).toBe(0);
    await new Promise((done) => server.close(done));
  });

  it('has no capability, no new namespace, and nothing of the environment but its own', async () => {
    const { output } = await shell(
      'grep -E "^Cap(Prm|Eff|Bnd)|^Seccomp:|NoNewPrivs" /proc/self/status; env | sort; unshare -U true; ls -A /; ls -A /etc',
      { env: { PATH: '/usr/bin:/bin', ONLY: 'this' } },
    );
    const zero = '0'.repeat(16);
    for (const name of ['CapPrm', 'CapEff', 'CapBnd'])
      expect(output).toContain(`${name}:\t${zero}`);
    expect(output).toContain('Seccomp:\t2');
    expect(output).toContain('NoNewPrivs:\t1');
    expect(output).toContain('unshare: unshare failed: Operation not permitted');
    expect(output).toMatch(/^ONLY=this$/m);
    expect(output).not.toMatch(/^(?:USER|SHELL|SSH_\w+)=/m);
    for (const name of ['home', 'var', 'sys', 'root', 'passwd']) {
      expect(output.split('\n')).not.toContain(name);
    }
  });

  it('gives the same image as without a sandbox, and writes nothing into the tree', async () => {
    const files = before();
    expect(await build('')).toMatchObject({ exitCode: 0 });
    const contained = readFileSync(join(folder, 'image.hex'));
    rmSync(join(folder, 'image.hex'));
    rmSync(join(folder, 'obj'), { recursive: true });
    execFileSync('make', [
      '-f',
      join(tree, 'Makefile'),
      ...[`STARTER=${tree}`, `BUILD=${folder}`, 'TARGET=image'],
    ]);
    expect(readFileSync(join(folder, 'image.hex'))).toEqual(contained);
    expect(listing(root, folder)).toEqual(files);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'holds an ordinary user’s builds as well, and counts their processes (skipped unless root)',
    async ({ skip }) => {
      const url = (path: string) => JSON.stringify(resolve(import.meta.dirname, '../..', path));
      chmodSync(root, 0o755);
      for (const path of [join(root, 'data'), folder, join(folder, 'tmp'), join(folder, 'src')]) {
        chownSync(path, 65_534, 65_534);
      }
      const script = `
        const { createSandbox } = await import(${url('worker/sandbox/create-sandbox.ts')});
        const { LIMITS } = await import(${url('worker/sandbox/limits.ts')});
        const sandbox = createSandbox({ sandbox: 'best' }, { ...LIMITS, processes: 30 });
        const options = { cwd: ${JSON.stringify(folder)}, env: { PATH: '/usr/bin:/bin' }, timeoutMs: 20000, maxOutputBytes: 100000 };
        const script = 'id -u; cat ${secretFile}; for n in $(seq 40); do sleep 20 & done';
        const ended = await sandbox.run('/bin/sh', ['-c', script], options, ${JSON.stringify(places)});
        console.log(JSON.stringify({ status: await sandbox.status(), output: ended.output }));
      `;
      const args = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];
      const ended = await run('setpriv', [...args, '--input-type=module', '-e', script], {
        cwd: folder,
        env: { PATH: process.env.PATH ?? '' },
        timeoutMs: 30_000,
        maxOutputBytes: 256 * 1024,
      });
      skip(/EACCES|ERR_MODULE_NOT_FOUND/.test(ended.stderr), 'nobody cannot read this checkout');
      const result = JSON.parse(ended.stdout);
      expect(result.status.level).toBe('full');
      expect(result.output).toMatch(/^65534\n/);
      expect(result.output).not.toContain(secret);
      expect(result.output).toContain('Cannot fork');
    },
  );
});
