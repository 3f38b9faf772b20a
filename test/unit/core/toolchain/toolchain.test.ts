import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataPaths, loadSettings } from '../../../../core/settings.ts';
import { createToolchain, findOnPath, pythonBin } from '../../../../core/toolchain/toolchain.ts';
import { TOOLS } from '../../../../core/toolchain/tools.ts';
import { temporaryFolder, toolFolders, writeTool } from '../../../fixtures/toolchain/tools.ts';

describe('the first program of a name', () => {
  it('is that of the first folder', () => {
    const folder = temporaryFolder();
    const first = writeTool(join(folder, 'a'), 'make');
    writeTool(join(folder, 'b'), 'make');
    expect(findOnPath('make', [join(folder, 'a'), join(folder, 'b')])).toBe(first);
    expect(findOnPath('make', [join(folder, 'missing'), join(folder, 'a')])).toBe(first);
    expect(findOnPath('cmake', [join(folder, 'a')])).toBeNull();
    expect(findOnPath('make', [])).toBeNull();
  });

  it.skipIf(process.platform === 'win32')(
    'is neither a folder nor a file that may not be run, nor a link that leads nowhere',
    () => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'folder', 'make'), { recursive: true });
      chmodSync(writeTool(join(folder, 'plain'), 'make'), 0o644);
      mkdirSync(join(folder, 'link'));
      symlinkSync('nowhere', join(folder, 'link', 'make'));
      const last = writeTool(join(folder, 'last'), 'make');
      const folders = ['folder', 'plain', 'link', 'last'].map((name) => join(folder, name));
      expect(findOnPath('make', folders)).toBe(last);
    },
  );
});

describe('a tool', () => {
  it('is taken from the bundle first, then Kiln’s own Python environment, then the system', () => {
    const { bundled, own, system, toolchain } = toolFolders();
    const files = [bundled, own, system].map((folder) => writeTool(folder, 'make'));
    const { find } = toolchain();
    for (const file of files) {
      expect(find('make')).toEqual({ name: 'make', file });
      rmSync(file);
    }
    expect(find('make')).toBeNull();
  });

  it('is taken from the folder that was chosen before all others, and the rest as ever', () => {
    const { bundled, system } = toolFolders();
    const chosen = join(temporaryFolder(), 'avr');
    const settings = loadSettings({ dataDir: join(temporaryFolder(), 'data') }, {});
    const toolchain = createToolchain(settings, dataPaths(settings), [bundled, system], chosen);
    const usual = writeTool(system, 'make');
    writeTool(bundled, 'avr-gcc');
    const own = writeTool(join(chosen, 'bin'), 'avr-gcc');
    expect(toolchain.find('avrGcc')?.file).toBe(own);
    expect(toolchain.find('make')?.file).toBe(usual);
    expect(toolchain.path.split(delimiter)[0]).toBe(join(chosen, 'bin'));
  });

  it('is found under its command, at once when it is installed', () => {
    const { system, toolchain } = toolFolders();
    const { find } = toolchain();
    expect(find('avrGcc')).toBeNull();
    const file = writeTool(system, 'avr-gcc');
    expect(find('avrGcc')).toEqual({ name: 'avrGcc', file });
  });

  it('that is missing is named, with what brings it', () => {
    const { toolchain } = toolFolders();
    expect(() => toolchain().need('avrGcc')).toThrow(
      expect.objectContaining({
        code: 'toolchain.missing',
        message: 'The program avr-gcc is needed for this and was not found.',
        remedy: 'On Debian or Ubuntu run: sudo apt-get install gcc-avr avr-libc.',
        details: { tool: 'avr-gcc' },
      }),
    );
  });

  it('has no version when it is missing', async () => {
    const { toolchain } = toolFolders();
    await expect(toolchain().version('make')).resolves.toBeNull();
    await expect(toolchain().versions(['make', 'git'])).resolves.toEqual({});
  });
});

describe('the search path of builds', () => {
  it('has the bundle, the own environment and the system’s folders, in this order', () => {
    const { bundled, own, system, toolchain } = toolFolders();
    expect(toolchain().path).toBe([bundled, own, system].join(delimiter));
  });

  it('has no bundle when none is set', () => {
    const { own, toolchain } = toolFolders();
    expect(toolchain({ system: ['/a', '/b'] }).path).toBe([own, '/a', '/b'].join(delimiter));
  });
});

describe('the qmk command', () => {
  it('is never the system’s, whose Python has other packages', () => {
    const { own, system, toolchain } = toolFolders();
    writeTool(system, 'qmk');
    expect(toolchain().find('qmk')).toBeNull();
    expect(() => toolchain().need('qmk')).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('kiln toolchain install') }),
    );
    const file = writeTool(own, 'qmk');
    expect(toolchain().find('qmk')?.file).toBe(file);
  });

  it('runs on the Python beside it', () => {
    const { own, bundled, system, toolchain } = toolFolders();
    writeTool(system, 'python3');
    writeTool(own, 'qmk');
    const python = writeTool(own, 'python');
    expect(toolchain().qmkPython()).toBe(python);
    const python3 = writeTool(own, 'python3');
    expect(toolchain().qmkPython()).toBe(python3);
    writeTool(bundled, 'qmk');
    const bundledPython = writeTool(bundled, 'python3');
    expect(toolchain().qmkPython()).toBe(bundledPython);
  });

  it('runs on the Python that is found when none lies beside it', () => {
    const { bundled, system, toolchain } = toolFolders();
    writeTool(bundled, 'qmk');
    const python = writeTool(system, 'python3');
    expect(toolchain().qmkPython()).toBe(python);
  });

  it('has no Python while it is missing itself', () => {
    const { own, toolchain } = toolFolders();
    writeTool(own, 'python3');
    expect(() => toolchain().qmkPython()).toThrow(
      expect.objectContaining({ code: 'toolchain.missing', details: { tool: 'qmk' } }),
    );
  });
});

it('An environment is never made from the Python inside of it', () => {
  const { own, system, toolchain } = toolFolders();
  writeTool(own, 'python3');
  expect(toolchain().find('python')).toBeNull();
  const file = writeTool(system, 'python3');
  expect(toolchain().find('python')?.file).toBe(file);
});

it('A Python environment keeps its programs where the platform’s do', () => {
  expect(pythonBin('/env')).toBe(join('/env', process.platform === 'win32' ? 'Scripts' : 'bin'));
});

it('Every command is looked up under one name only', () => {
  const commands = Object.values(TOOLS).map(({ command }) => command);
  expect(new Set(commands).size).toBe(commands.length);
});

it('A file that is no folder on the path hides nothing', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const file = writeTool(join(folder, 'bin'), 'make');
  expect(findOnPath('make', [join(folder, 'file'), join(folder, 'bin')])).toBe(file);
});
