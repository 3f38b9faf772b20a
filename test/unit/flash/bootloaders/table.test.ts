import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MCUS } from '../../../../flash/bootloaders/mcus.ts';
import { bootloaderSchema, mcuSchema } from '../../../../flash/bootloaders/schema.ts';
import { BOOTLOADERS } from '../../../../flash/bootloaders/table.ts';
import { FAKE_TOOLS } from '../../../fixtures/flash/fake-tools.ts';
import { CASES } from '../../../usb-lab/guest/cases.ts';

const TREE = process.env.KILN_TEST_QMK_HOME;

describe.each(BOOTLOADERS)('the bootloader $key', (bootloader) => {
  it('has the shape of the table', () => {
    expect(bootloaderSchema.parse(bootloader)).toEqual(bootloader);
  });

  it('runs on chips that the table knows', () => {
    const names = MCUS.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(bootloader.mcus));
    for (const { mcus = [] } of bootloader.ids) {
      expect(bootloader.mcus).toEqual(expect.arrayContaining([...mcus]));
    }
    const sized = Object.keys(bootloader.size).filter((name) => name !== '*');
    expect(bootloader.mcus).toEqual(expect.arrayContaining(sized));
    expect(bootloader.size).toHaveProperty('*');
  });

  it('leaves room for an image on each of them', () => {
    for (const mcu of MCUS.filter(({ name }) => bootloader.mcus.includes(name))) {
      const size = bootloader.size[mcu.name] ?? bootloader.size['*'] ?? 0;
      expect(mcu.flashBytes - size - bootloader.offset).toBeGreaterThan(4096);
    }
  });

  it('names its chips as its tool wants them', () => {
    const tool = bootloader.flasher.tool;
    for (const mcu of MCUS.filter(({ name }) => bootloader.mcus.includes(name))) {
      if (tool === 'avrdude') expect(mcu.avrdude).toBeDefined();
      if (tool === 'teensy_loader_cli') expect(mcu.teensy).toBeDefined();
      if (tool === 'uf2-copy') expect(mcu.uf2Families).not.toEqual([]);
    }
  });

  it('is verified in a way that its flasher has', () => {
    const { flasher, verify, formats } = bootloader;
    if (flasher.tool === 'dfu-util') expect(verify === 'read-back').toBe(flasher.readsBack);
    if (flasher.tool === 'avrdude' || flasher.tool === 'dfu-programmer')
      expect(verify).toBe('tool');
    expect(formats.includes('uf2')).toBe(flasher.tool === 'uf2-copy');
  });

  it('keeps ModemManager away exactly where it is a serial port', () => {
    expect(bootloader.modemManagerIgnore).toBe(bootloader.appears === 'serial');
  });
});

describe('the table', () => {
  it('has each key and each chip once', () => {
    const keys = BOOTLOADERS.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const chips = MCUS.map(({ name }) => name.toLowerCase());
    expect(new Set(chips).size).toBe(chips.length);
    for (const mcu of MCUS) expect(mcuSchema.parse(mcu)).toEqual(mcu);
  });

  it('never lets one device be two bootloaders', () => {
    const seen = new Map<string, string>();
    for (const { key, ids } of BOOTLOADERS) {
      for (const { vid, pid, revision, notRevision } of ids) {
        const plain = `${vid}:${pid}`;
        const sides = revision === undefined && notRevision === undefined ? ['is', 'not'] : [];
        if (revision !== undefined) sides.push('is');
        if (notRevision !== undefined) sides.push('not');
        for (const side of sides) {
          expect(seen.get(`${plain} ${side}`), `${plain} of ${key}`).toBeUndefined();
          seen.set(`${plain} ${side}`, key);
        }
      }
    }
  });
});

interface TreeLists {
  /** `group vid:pid` of constants.py. */
  readonly ids: readonly (readonly [group: string, id: string])[];
  readonly rules: readonly { readonly id: string; readonly ignoresModem: boolean }[];
  readonly keys: readonly string[];
  readonly mcus: readonly string[];
  readonly pidToMcu: readonly (readonly [pid: string, mcu: string])[];
}

function readLists(tree: string): TreeLists {
  const read = (path: string) => readFileSync(join(tree, path), 'utf8');
  const constants = read('lib/python/qmk/constants.py');
  const ids: [string, string][] = [];
  let group = '';
  for (const line of constants.slice(constants.indexOf('BOOTLOADER_VIDS_PIDS')).split('\n')) {
    group = /^ {4}'([a-z0-9-]+)': \{/.exec(line)?.[1] ?? group;
    for (const [, vid, pid] of line.matchAll(/\("([0-9a-f]{4})", "([0-9a-f]{4})"\)/g)) {
      ids.push([group, `${vid}:${pid}`]);
    }
  }
  const rules = [
    ...read('util/udev/50-qmk.rules').matchAll(
      /^SUBSYSTEMS=="usb", ATTRS\{idVendor\}=="(\w+)", ATTRS\{idProduct\}=="(\w+)",(.*)$/gm,
    ),
  ].map(([, vid, pid, rest = '']) => ({
    id: `${vid}:${pid}`,
    ignoresModem: rest.includes('ID_MM_DEVICE_IGNORE'),
  }));
  const schema = read('data/schemas/keyboard.jsonschema');
  const valuesOf = (member: string) => {
    const from = schema.indexOf(`"${member}": {`);
    const list = schema.slice(schema.indexOf('[', from) + 1, schema.indexOf(']', from));
    return [...list.matchAll(/"([^"]+)"/g)].map(([, value = '']) => value);
  };
  return {
    ids,
    rules,
    keys: valuesOf('bootloader'),
    mcus: valuesOf('processor'),
    pidToMcu: [...read('lib/python/qmk/flashers.py').matchAll(/'(2f\w\w)': '(\w+)'/g)].map(
      ([, pid = '', mcu = '']) => [pid, mcu] as const,
    ),
  };
}

/** Chip and bootloader of each keyboard that names both in one file. */
function keyboardPairs(tree: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const file of readdirSync(join(tree, 'keyboards'), { recursive: true, encoding: 'utf8' })) {
    if (!/(?:^|\/)(?:keyboard|info)\.json$/.test(file)) continue;
    const text = readFileSync(join(tree, 'keyboards', file), 'utf8');
    const mcu = /"processor": *"([^"]+)"/.exec(text)?.[1];
    const key = /"bootloader": *"([^"]+)"/.exec(text)?.[1];
    if (mcu !== undefined && key !== undefined) pairs.set(`${key} on ${mcu}`, file);
  }
  return pairs;
}

describe.skipIf(TREE === undefined)('a real QMK tree (KILN_TEST_QMK_HOME)', () => {
  const lists = TREE === undefined ? null : readLists(TREE);
  const all = BOOTLOADERS.flatMap(({ key, ids, ...rest }) =>
    ids.map((id) => ({ key, id: `${id.vid}:${id.pid}`, usb: id, ...rest })),
  );

  it('knows no bootloader id that the table lacks, nor calls it something else', () => {
    expect(lists?.ids.length).toBeGreaterThan(25);
    /** The firmware's groups hold several of our keys. */
    const groups: Record<string, readonly string[]> = {
      'atmel-dfu': ['atmel-dfu', 'qmk-dfu'],
      'stm32-dfu': ['stm32-dfu', 'stm32duino'],
      'hid-bootloader': ['qmk-hid', 'lufa-hid', 'halfkay'],
    };
    for (const [group, id] of lists?.ids ?? []) {
      const found = all.filter((entry) => entry.id === id);
      expect(found, id).not.toEqual([]);
      for (const entry of found) {
        expect(groups[group] ?? [group], `${id} is ${entry.key}`).toContain(entry.key);
      }
      expect(
        found.some(({ usb }) => usb.sources.includes('firmware')),
        id,
      ).toBe(true);
    }
  });

  it('has udev rules that the table would make too', () => {
    expect(lists?.rules.length).toBeGreaterThan(25);
    for (const { id, ignoresModem } of lists?.rules ?? []) {
      const found = all.filter((entry) => entry.id === id);
      expect(found, id).not.toEqual([]);
      for (const entry of found) {
        expect(entry.needsUdevRule, id).toBe(true);
        expect(entry.modemManagerIgnore, id).toBe(ignoresModem);
      }
    }
  });

  it('has no bootloader or chip whose name the table does not know', () => {
    expect(lists?.keys.length).toBeGreaterThan(15);
    const keys: readonly string[] = BOOTLOADERS.map(({ key }) => key);
    const known = [...keys, 'custom', 'unknown'];
    expect(lists?.keys.filter((key) => !known.includes(key))).toEqual([]);
    expect(lists?.mcus.length).toBeGreaterThan(30);
    const chips = MCUS.map(({ name }) => name);
    const cores = /^cortex-/;
    const missing = lists?.mcus.filter((mcu) => !chips.includes(mcu) && !cores.test(mcu));
    expect(missing?.filter((mcu) => mcu !== 'unknown')).toEqual([]);
  });

  it('has no keyboard with a bootloader on a chip that the table does not expect there', () => {
    const pairs = keyboardPairs(TREE ?? '');
    expect(pairs.size).toBeGreaterThan(30);
    const expected = BOOTLOADERS.flatMap(({ key, mcus }) => mcus.map((mcu) => `${key} on ${mcu}`));
    const strange = [...pairs]
      .filter(([pair]) => !/^(?:custom|unknown) on/.test(pair))
      .filter(([pair]) => !expected.includes(pair))
      .map(([pair, file]) => `${pair}: ${file}`);
    expect(strange).toEqual([]);
  });

  it('tells the same chip from a DFU product id', () => {
    expect(lists?.pidToMcu).toHaveLength(7);
    for (const [pid, mcu] of lists?.pidToMcu ?? []) {
      const entry = all.find(({ id }) => id === `03eb:${pid}`);
      // The tree writes `at90usb64` for all chips of the group.
      expect(
        entry?.usb.mcus?.some((name) => name.startsWith(mcu)),
        pid,
      ).toBe(true);
    }
  });
});

describe('what is said to have been shown', () => {
  const keysWith = (level: (typeof BOOTLOADERS)[number]['proof']['flashed']) =>
    BOOTLOADERS.filter(({ proof }) => proof.flashed === level).map(({ key }) => key);

  it('is flashed in the USB lab where one of its cases does so, and detected there as well', () => {
    const proved = [...new Set(CASES.flatMap(({ proves }) => proves ?? []))];
    expect(keysWith('lab').sort()).toEqual(proved.sort());
    for (const { key, proof } of BOOTLOADERS) {
      expect(proof.detected, key).toBe(proof.flashed === 'lab' ? 'lab' : 'fixture');
    }
  });

  it('is run with a script in the tool’s place where there is one', () => {
    const imitated = FAKE_TOOLS.map(({ bootloader }) => bootloader);
    const others = imitated.filter((key) => !keysWith('lab').includes(key));
    expect(keysWith('stand-in').sort()).toEqual(others.sort());
  });
});
