import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installUdevRules, udevStatus } from '../../../../flash/udev/install.ts';
import { idsGranted, idsNeeded, RULES_FILE, udevRules } from '../../../../flash/udev/rules.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

const lines = udevRules()
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

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

describe.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')('root', () => {
  it('installs them, readable for udev and written by nobody else', async () => {
    const target = join(temporaryFolder(), 'rules.d', '60-kiln-keyboards.rules');
    const said: string[] = [];
    await installUdevRules((line) => said.push(line), target);
    expect(readFileSync(target, 'utf8')).toBe(udevRules());
    expect(said[0]).toContain('install -D -m 644');
  });
});
