/**
 * udev rules that let the person at this machine open bootloaders, made from the bootloader table: one line an id, for
 * who sits at the machine (`uaccess`), never for everybody. The file's number lies before 73, where `uaccess` is acted on.
 */
import { BOOTLOADERS } from '../bootloaders/table.ts';

export const RULES_FILE = '/etc/udev/rules.d/60-kiln-keyboards.rules';

/** Other places where rules may lie that do the same. */
export const RULES_FOLDERS = [
  '/etc/udev/rules.d',
  '/run/udev/rules.d',
  '/usr/lib/udev/rules.d',
  '/lib/udev/rules.d',
];

const HEAD = `# Keyboards in their bootloader, for Kiln. Made from its bootloader table; kiln udev prints it anew.
# TAG+="uaccess" gives a device to who sits at this machine, and to nobody else.
`;

/**
 * Debug consoles of QMK keyboards, told by their report descriptor: usage page FF31, usage 74 (`CONSOLE_USAGE_*` of QMK's
 * tmk_core/protocol/usb_descriptor.c). They carry no keystrokes; interfaces that do, and keys that log people in, stay
 * closed. udev runs no shell: `grep` gets these very words. Without `LC_ALL=C` it would look for the letter ÿ.
 */
export const CONSOLE_RULE = String.raw`SUBSYSTEM=="hidraw", PROGRAM="/usr/bin/env LC_ALL=C grep -qaP '\x06\x31\xff\x09\x74' /sys%p/device/report_descriptor", TAG+="uaccess"`;

export function udevRules(): string {
  const lines: string[] = [];
  // Some bootloaders share their ids, and differ in what the device says of itself.
  const seen = new Set<string>();
  for (const { name, ids, needsUdevRule, modemManagerIgnore } of BOOTLOADERS) {
    const fresh = ids.filter(({ vid, pid }) => !seen.has(`${vid}:${pid}`));
    if (!needsUdevRule || fresh.length === 0) continue;
    lines.push('', `# ${name}`);
    for (const { vid, pid } of fresh) {
      seen.add(`${vid}:${pid}`);
      // A modem daemon that talks to a bootloader can spoil the write.
      const ignore = modemManagerIgnore ? ', ENV{ID_MM_DEVICE_IGNORE}="1"' : '';
      lines.push(
        `SUBSYSTEMS=="usb", ATTRS{idVendor}=="${vid}", ATTRS{idProduct}=="${pid}", TAG+="uaccess"${ignore}`,
      );
    }
  }
  lines.push('', '# Debug consoles of keyboards, and no other HID device', CONSOLE_RULE);
  return `${HEAD}${lines.join('\n')}\n`;
}

/** The ids that a rules file gives to the person at the machine, in whatever way it is written. */
export function idsGranted(rules: string): ReadonlySet<string> {
  const ids = new Set<string>();
  const joined = rules.replaceAll(/\\\n/g, ' ');
  for (const line of joined.split('\n')) {
    if (line.trimStart().startsWith('#')) continue;
    const vid = /ATTRS?\{idVendor\}=="([0-9a-fA-F]{4})"/.exec(line)?.[1];
    const pid = /ATTRS?\{idProduct\}=="([0-9a-fA-F]{4})"/.exec(line)?.[1];
    if (vid === undefined || pid === undefined) continue;
    if (/uaccess|ID_QMK|MODE[:+]?=|GROUP[:+]?=/.test(line)) {
      ids.add(`${vid}:${pid}`.toLowerCase());
    }
  }
  return ids;
}

/** The ids that need a rule. */
export function idsNeeded(): readonly string[] {
  const needed = BOOTLOADERS.filter(({ needsUdevRule }) => needsUdevRule);
  return [...new Set(needed.flatMap(({ ids }) => ids.map(({ vid, pid }) => `${vid}:${pid}`)))];
}
