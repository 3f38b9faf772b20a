import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { networkEnvironment, systemPath } from '../../core/environment.ts';
import { run } from '../../core/subprocess.ts';
import { installPython } from '../../core/toolchain/install-python.ts';
import { findOnPath } from '../../core/toolchain/toolchain.ts';
import { toolFolders, writeTool } from '../fixtures/toolchain/tools.ts';

const posixOnly = describe.skipIf(process.platform === 'win32');

posixOnly('a tool’s version', () => {
  it('is the first line that it prints, without what it says on stderr before', async () => {
    const { system, toolchain } = toolFolders();
    writeTool(system, 'make', 'echo a warning >&2; echo; echo "  GNU Make 9 "; echo more');
    const { version, versions } = toolchain();
    await expect(version('make')).resolves.toBe('GNU Make 9');
    await expect(versions(['make', 'git'])).resolves.toEqual({ make: 'GNU Make 9' });
  });

  it('may come on stderr', async () => {
    const { system, toolchain } = toolFolders();
    writeTool(system, 'python3', 'echo Python 2.7 >&2');
    await expect(toolchain().version('python')).resolves.toBe('Python 2.7');
  });

  it('is asked for once, and again when the file changes', async () => {
    const { dataDir, system, toolchain } = toolFolders();
    const count = `echo x >> ${join(dataDir, 'runs')}`;
    const file = writeTool(system, 'make', `${count}; echo old`);
    const { version } = toolchain();
    await expect(version('make')).resolves.toBe('old');
    await expect(version('make')).resolves.toBe('old');
    expect(readFileSync(join(dataDir, 'runs'), 'utf8')).toBe('x\n');
    writeTool(system, 'make', `${count}; echo new`);
    utimesSync(file, 1, 1);
    await expect(version('make')).resolves.toBe('new');
  });

  it('is asked for again when the tool did not run', async () => {
    const { dataDir, system, toolchain } = toolFolders();
    const mended = join(dataDir, 'mended');
    writeTool(system, 'make', `test -e ${mended} && echo GNU Make 9`);
    const { version } = toolchain();
    await expect(version('make')).resolves.toBeNull();
    writeFileSync(mended, '');
    await expect(version('make')).resolves.toBe('GNU Make 9');
  });

  it('is asked for where no firmware tree of the user is near', async () => {
    const { own, toolchain } = toolFolders();
    // The qmk command loads the tree that it finds from its folder upward, or else in the home folder.
    writeTool(own, 'qmk', 'echo "$(pwd) $HOME"');
    await expect(toolchain().version('qmk')).resolves.toBe(`${own} ${own}`);
  });
});

posixOnly('installing the qmk command line', () => {
  let lines: string[] = [];
  const onLine = (line: string) => lines.push(line);

  beforeEach(() => {
    lines = [];
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  /** A Python that makes environments of one script, which stands for pip too. */
  function fakePython(system: string, { venv = 'exit 0', pip = 'exit 0' } = {}): void {
    writeTool(
      system,
      'python3',
      `
      mkdir -p "$3/bin"
      printf '#!/bin/sh\\necho installing "$@"\\n${pip}\\n' > "$3/bin/python"
      printf '#!/bin/sh\\necho 1.0\\n' > "$3/bin/qmk"
      chmod +x "$3/bin/python" "$3/bin/qmk"
      echo made "$3"
      ${venv}`,
    );
  }

  it('makes the environment once, and anew when that is asked for', async () => {
    const folders = toolFolders();
    const toolchain = folders.toolchain({ system: [folders.system, '/usr/bin', '/bin'] });
    fakePython(folders.system);
    await expect(installPython({ toolchain, onLine })).resolves.toBe(true);
    expect(lines).toContain(`made ${folders.python}`);
    expect(lines.join('\n')).toMatch(/^installing -m pip install --no-deps .*requirements\.txt$/m);
    await expect(toolchain.version('qmk')).resolves.toBe('1.0');
    await expect(installPython({ toolchain, onLine })).resolves.toBe(false);
    await expect(installPython({ toolchain, onLine, force: true })).resolves.toBe(true);
    expect(readdirSync(join(folders.dataDir, 'toolchain'))).toEqual(['python']);
  });

  it('runs where no module of the user’s folder can be taken for one of Python', async () => {
    const folders = toolFolders();
    const toolchain = folders.toolchain({ system: [folders.system, '/usr/bin', '/bin'] });
    fakePython(folders.system, { venv: 'pwd' });
    await installPython({ toolchain, onLine });
    expect(lines).toContain(join(folders.dataDir, 'toolchain'));
  });

  it.each([
    [
      'the environment cannot be made',
      { venv: 'echo no room; exit 1' },
      /Making the Python environment failed: .*no room/,
    ],
    [
      'the packages cannot be installed',
      { pip: 'echo no index; exit 1' },
      /Installing the Python packages failed: .*no index/,
    ],
  ])('leaves the earlier environment as it was when %s', async (_, faults, message) => {
    const folders = toolFolders();
    const toolchain = folders.toolchain({ system: [folders.system, '/usr/bin', '/bin'] });
    writeTool(folders.own, 'qmk', 'echo the earlier one');
    fakePython(folders.system, faults);
    await expect(installPython({ toolchain, onLine })).rejects.toMatchObject({
      code: 'toolchain.install-failed',
      message: expect.stringMatching(message),
    });
    await expect(toolchain.version('qmk')).resolves.toBe('the earlier one');
    expect(readdirSync(join(folders.dataDir, 'toolchain'))).toEqual(['python']);
  });

  it('leaves nothing behind when the first one fails', async () => {
    const folders = toolFolders();
    const toolchain = folders.toolchain({ system: [folders.system, '/usr/bin', '/bin'] });
    fakePython(folders.system, { pip: 'exit 1' });
    await expect(installPython({ toolchain, onLine })).rejects.toThrow('failed');
    expect(readdirSync(join(folders.dataDir, 'toolchain'))).toEqual([]);
  });

  it('needs a Python, and says how to get one before anything is touched', async () => {
    const folders = toolFolders();
    writeTool(folders.own, 'qmk', 'echo the earlier one');
    await expect(installPython({ toolchain: folders.toolchain(), onLine })).rejects.toMatchObject({
      code: 'toolchain.missing',
      remedy: expect.stringContaining('python3-venv'),
    });
    expect(existsSync(join(folders.own, 'qmk'))).toBe(true);
  });

  it('brings the earlier environment back when a run was killed before its own was whole', async () => {
    const folders = toolFolders();
    const toolchain = folders.toolchain({ system: [folders.system, '/usr/bin', '/bin'] });
    writeTool(join(`${folders.python}.old`, 'bin'), 'qmk', 'echo the earlier one');
    writeTool(folders.own, 'half', 'exit 1');
    fakePython(folders.system, { pip: 'exit 1' });
    await expect(installPython({ toolchain, onLine })).rejects.toThrow('failed');
    await expect(toolchain.version('qmk')).resolves.toBe('the earlier one');
    expect(existsSync(join(folders.own, 'half'))).toBe(false);
  });

  it('keeps the new environment when a run was killed while it removed the old one', async () => {
    const folders = toolFolders();
    const toolchain = folders.toolchain({ system: [folders.system, '/usr/bin', '/bin'] });
    fakePython(folders.system);
    await installPython({ toolchain, onLine });
    mkdirSync(`${folders.python}.old`);
    await expect(installPython({ toolchain, onLine })).resolves.toBe(false);
    await expect(toolchain.version('qmk')).resolves.toBe('1.0');
    expect(readdirSync(join(folders.dataDir, 'toolchain'))).toEqual(['python']);
  });

  it('takes the packages from a folder when pip is configured so, with no network', async () => {
    const folders = toolFolders();
    const toolchain = folders.toolchain({ system: systemPath() });
    const wheels = join(folders.dataDir, 'wheels');
    const configuration = join(folders.dataDir, 'pip.conf');
    mkdirSync(wheels);
    writeFileSync(configuration, `[global]\nno-index = true\nfind-links = ${wheels}\n`);
    vi.stubEnv('PIP_CONFIG_FILE', configuration);
    await expect(installPython({ toolchain, onLine })).rejects.toMatchObject({
      code: 'toolchain.install-failed',
      message: expect.stringContaining('No matching distribution'),
    });
    expect(toolchain.find('qmk')).toBeNull();

    await makeWheels(wheels);
    await expect(installPython({ toolchain, onLine })).resolves.toBe(true);
    await expect(toolchain.version('qmk')).resolves.toBe('1.2.0 of a wheel');
    expect(toolchain.qmkPython()).toBe(join(folders.own, 'python3'));
  });
});

async function makeWheels(folder: string): Promise<void> {
  const at = (path: string) => join(import.meta.dirname, '../..', path);
  const args = ['test/fixtures/toolchain/make-wheels.py', 'resources/python/requirements.txt'];
  const python = findOnPath('python3', systemPath()) ?? 'python3';
  const result = await run(python, [...args.map(at), folder], {
    cwd: folder,
    env: networkEnvironment(),
    timeoutMs: 30_000,
    maxOutputBytes: 64 * 1024,
  });
  expect(result).toMatchObject({ exitCode: 0 });
}
