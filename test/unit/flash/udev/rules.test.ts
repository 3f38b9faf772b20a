import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plainEnvironment } from '../../../../core/environment.ts';
import { run } from '../../../../core/subprocess.ts';
import { installCommand, installUdevRules, udevStatus } from '../../../../flash/udev/install.ts';
import {
  CONSOLE_RULE,
  idsGranted,
  idsNeeded,
  RULES_FILE,
  udevRules,
} from '../../../../flash/udev/rules.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

const lines = udevRules()
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#') && line !== CONSOLE_RULE);

describe('the udev rules', () => {
  it('give each bootloader once to who sits at the machine, and nothing to everybody', () => {
    expect(lines.length).toBe(new Set(lines).size);
    for (const line of lines) {
      expect(line).toMatch(
        /^SUBSYSTEMS=="usb", ATTRS\{idVendor\}=="[0-9a-f]{4}", ATTRS\{idProduct\}=="[0-9a-f]{4}", TAG\+="uaccess"(?:, ENV\{ID_MM_DEVICE_IGNORE\}="1")?$/,
      );
      expect(line).not.toContain('MODE');
    }
    expect([...idsGranted(udevRules())].sort()).toEqual([...idsNeeded()].sort());
  });

  it.each([
    ['a debug console', Buffer.from('0631ff0974a10109751500', 'hex'), 0],
    ['a keyboard', Buffer.from('05010906a101050719e0', 'hex'), 1],
    ['VIA’s interface', Buffer.from('0660ff0961a1010962', 'hex'), 1],
    ['a security key', Buffer.from('06d0f10901a1010920', 'hex'), 1],
  ])('open of HID devices only debug consoles: %s', async (_, descriptor, exitCode) => {
    const file = join(temporaryFolder(), 'report_descriptor');
    writeFileSync(file, descriptor);
    // As udev takes the program apart: at spaces, but for what is quoted.
    const [, program = ''] = /PROGRAM="([^"]+)"/.exec(CONSOLE_RULE) ?? [];
    const words = program.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? [];
    const [grep = '', ...args] = words.map((word) => (word.startsWith('/sys') ? file : word));
    const result = await run(grep, args, {
      cwd: '/',
      env: plainEnvironment(),
      timeoutMs: 5000,
      maxOutputBytes: 1000,
    });
    expect(result.exitCode).toBe(exitCode);
  });

  it('keep the modem daemon from serial bootloaders', () => {
    const line = (id: string) => lines.find((one) => one.includes(id));
    expect(line('"9205"')).toContain('ID_MM_DEVICE_IGNORE');
    expect(line('"df11"')).not.toContain('ID_MM_DEVICE_IGNORE');
  });

  it('go to a file that is read before udev acts on uaccess', () => {
    expect(Number(/\/(\d+)-[^/]*\.rules$/.exec(RULES_FILE)?.[1])).toBeLessThan(73);
  });
});

describe('rules that are there', () => {
  it('are understood in whatever words they are written', async () => {
    const folder = temporaryFolder();
    const text = [
      'SUBSYSTEMS=="usb", ATTRS{idVendor}=="0483", ATTRS{idProduct}=="df11", GROUP="plugdev", MODE="0660"',
      '# SUBSYSTEMS=="usb", ATTRS{idVendor}=="2341", ATTRS{idProduct}=="0036", TAG+="uaccess"',
      'ATTR{idVendor}=="2E8A", ATTR{idProduct}=="0003", \\',
      '  TAG+="uaccess"',
    ].join('\n');
    writeFileSync(join(folder, '50-other.rules'), text);
    writeFileSync(join(folder, 'readme.txt'), udevRules());
    const { missing, files } = await udevStatus([folder, join(folder, 'nowhere')]);
    expect(files).toEqual([join(folder, '50-other.rules')]);
    expect(missing).not.toContain('0483:df11');
    expect(missing).not.toContain('2e8a:0003');
    expect(missing).toContain('2341:0036');
  });

  it('are complete once ours is among them', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '60-kiln-keyboards.rules'), udevRules());
    expect((await udevStatus([folder])).missing).toEqual([]);
  });
});

describe('the command that installs them', () => {
  const program = (name: string) => `/usr/bin/${name}`;
  const rest = ['/usr/bin/install', '-D', '-m', '644', '/tmp/kiln.rules', RULES_FILE];

  it('is one call of install through polkit, which asks once', () => {
    expect(installCommand('/tmp/kiln.rules', RULES_FILE, false, program)).toEqual([
      '/usr/bin/pkexec',
      ...rest,
    ]);
  });

  it('asks nobody where Kiln is root already', () => {
    expect(installCommand('/tmp/kiln.rules', RULES_FILE, true, program)).toEqual(rest);
  });
});

describe.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')('root', () => {
  it('installs them, readable for udev and written by nobody else', async () => {
    const target = join(temporaryFolder(), 'rules.d', '60-kiln-keyboards.rules');
    const said: string[] = [];
    await installUdevRules((line) => said.push(line), target);
    expect(readFileSync(target, 'utf8')).toBe(udevRules());
    expect(said[0]).toContain('install -D -m 644');
  });
});
