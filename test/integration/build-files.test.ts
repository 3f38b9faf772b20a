/** What builds meet on a disk and in a shell, with real pipes, sockets, shells and processes. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { plainEnvironment } from '../../core/environment.ts';
import { start } from '../../core/subprocess.ts';
import { createBuildFolder, removeLeftovers } from '../../worker/build/build-folder.ts';
import { readImage } from '../../worker/build/image.ts';
import { collectSources } from '../../worker/build/qmk/collect-sources.ts';
import { writeShim } from '../../worker/build/qmk/version-stamp.ts';
import { until } from '../fixtures/service/until.ts';
import { temporaryFolder, writeTool } from '../fixtures/toolchain/tools.ts';

const posixOnly = describe.skipIf(process.platform === 'win32');

posixOnly('an image', () => {
  it('that is a named pipe is refused at once, not waited for', async () => {
    const file = join(temporaryFolder(), 'a.bin');
    execFileSync('mkfifo', [file]);
    await expect(readImage(file, 'bin')).rejects.toMatchObject({
      code: 'build.image-invalid',
      message: 'The image that the build left is not a regular file.',
    });
  });

  it('that is a socket is refused', async () => {
    const file = join(temporaryFolder(), 'a.bin');
    const server = createServer().listen(file);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    await expect(readImage(file, 'bin')).rejects.toMatchObject({ code: 'build.image-invalid' });
  });
});

posixOnly('the sources of a build', () => {
  it('are taken from regular files only', async () => {
    const root = temporaryFolder();
    const folder = join(root, 'src');
    const secret = join(root, 'secret.c');
    mkdirSync(join(folder, 'folder.c'), { recursive: true });
    writeFileSync(secret, 'secret');
    writeFileSync(join(folder, 'keymap.c'), 'int a;');
    writeFileSync(join(folder, 'large.c'), 'x'.repeat(2 * 1024 * 1024));
    writeFileSync(join(folder, 'image.elf'), 'no source');
    symlinkSync(secret, join(folder, 'link.c'));
    linkSync(secret, join(folder, 'second-name.h'));
    execFileSync('mkfifo', [join(folder, 'pipe.h')]);
    const server = createServer().listen(join(folder, 'socket.c'));
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    expect(await collectSources(root, folder)).toEqual({ 'keymap.c': 'int a;' });
  });

  it('are none where a link stands for their folder, or for one above it', async () => {
    const root = temporaryFolder();
    const elsewhere = join(temporaryFolder(), 'other');
    mkdirSync(join(elsewhere, 'src'), { recursive: true });
    writeFileSync(join(elsewhere, 'src/secret.c'), 'secret');
    symlinkSync(join(elsewhere, 'src'), join(root, 'src'));
    symlinkSync(elsewhere, join(root, 'obj'));
    expect(await collectSources(root, join(root, 'src'))).toEqual({});
    expect(await collectSources(root, join(root, 'obj/src'))).toEqual({});
    expect(await collectSources(root, join(root, 'nowhere'))).toEqual({});
  });
});

posixOnly('what a worker left that was killed', () => {
  it('is ended, whoever started it, and its folder goes', async () => {
    const builds = temporaryFolder();
    const build = createBuildFolder(builds, 'a'.repeat(32));
    const recorded = Promise.withResolvers<void>();
    const leftOver = start('/bin/sh', ['-c', 'sleep 1000 & echo started; wait'], {
      cwd: build.work,
      env: { ...plainEnvironment(), PATH: '/usr/bin:/bin' },
      maxOutputBytes: 1024,
      onSpawn: (identity) => {
        build.recordProcess(identity);
        recorded.resolve();
      },
    });
    onTestFinished(() => void leftOver.kill());
    await recorded.promise;
    await expect(removeLeftovers(builds, ['b'.repeat(32)])).resolves.toBe(0);
    expect(leftOver.pid && process.kill(leftOver.pid, 0)).toBe(true);
    await expect(removeLeftovers(builds, ['a'.repeat(32)])).resolves.toBe(1);
    await expect(leftOver.exited).resolves.toMatchObject({ outcome: 'signaled' });
    expect(existsSync(build.work)).toBe(false);
  });

  it('is left alone when the number belongs to somebody else by now', async () => {
    const stranger = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    onTestFinished(() => void stranger.kill('SIGKILL'));
    await once(stranger, 'spawn');
    const builds = temporaryFolder();
    createBuildFolder(builds, 'a'.repeat(32)).recordProcess({
      pid: stranger.pid ?? 0,
      startTime: '1@another-boot',
    });
    await removeLeftovers(builds);
    expect(process.kill(stranger.pid ?? 0, 0)).toBe(true);
    stranger.kill('SIGKILL');
    await until('the stranger to end', () => stranger.signalCode !== null);
  });
});

posixOnly('the qmk that stands before the real one', () => {
  let folder: string;
  let shim: string;

  beforeEach(async () => {
    folder = temporaryFolder();
    shim = join(await writeShim(join(folder, 'bin')), 'qmk');
    writeFileSync(join(folder, 'version.h'), 'stamped\n');
    writeTool(folder, 'real', 'printf "[%s]" "$@"; exit 7');
  });

  const call = (...args: string[]): string =>
    execFileSync(shim, args, {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: '/usr/bin:/bin',
        KILN_QMK: join(folder, 'real'),
        KILN_VERSION_H: join(folder, 'version.h'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it.each([
    [['-q', '-o', 'a b/src/version.h']],
    [['--skip-git', '--output', 'a b/src/version.h', '-q']],
    [['--output=a b/src/version.h', '--quiet']],
    [['-oa b/src/version.h']],
  ])('hands out the stamped header with %j', (args) => {
    expect(call('generate-version-h', ...args)).toBe('');
    expect(readFileSync(join(folder, 'a b/src/version.h'), 'utf8')).toBe('stamped\n');
  });

  it('writes where nothing names a file', () => {
    expect(call('generate-version-h', '-q')).toBe('stamped\n');
  });

  it('leaves a header alone that is right already, so that make builds nothing anew', () => {
    mkdirSync(join(folder, 'src'));
    const file = join(folder, 'src/version.h');
    writeFileSync(file, 'of the clock');
    call('generate-version-h', '-o', 'src/version.h');
    expect(readFileSync(file, 'utf8')).toBe('stamped\n');
    utimesSync(file, 1, 1);
    call('generate-version-h', '-o', 'src/version.h');
    expect(statSync(file).mtimeMs).toBe(1000);
  });

  it('fails when the header cannot be written', () => {
    mkdirSync(join(folder, 'version'));
    expect(() => call('generate-version-h', '-o', 'version.h/no')).toThrow();
  });

  it('gives everything else to the real one, word by word, with its exit code', () => {
    const args = ['generate-config-h', '-o', 'a b', '', '$(x)', '"'];
    expect(() => call(...args)).toThrow(
      expect.objectContaining({ status: 7, stdout: '[generate-config-h][-o][a b][][$(x)]["]' }),
    );
  });
});
