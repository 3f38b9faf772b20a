/** Our own copy to UF2 volumes: a folder, a disk that is too small, one that may only be read. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLinuxScanner } from '../../flash/devices/linux-scanner.ts';
import type { AttachedDevice, DeviceSource } from '../../flash/devices/model.ts';
import { readFirmwareImage } from '../../flash/image/firmware-image.ts';
import { createRun } from '../fixtures/flash/runs.ts';
import { createSysfs } from '../fixtures/flash/sysfs.ts';
import { uf2 } from '../fixtures/images/images.ts';
import { mountDisk, remount, WITHOUT_MOUNTS } from '../fixtures/service/mounts.ts';
import { temporaryFolder } from '../fixtures/toolchain/tools.ts';

const RP2040 = 0xe48b_ff56;
const INFO = 'UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n';
const PICO = {
  name: 'a/pico',
  processor: 'RP2040',
  bootloader: 'rp2040',
  usb: { vid: 'feed', pid: '0042' },
};

const content = uf2(
  Array.from({ length: 300 }, (_, number) => ({
    address: 0x1000_0000 + number * 256,
    family: RP2040,
  })),
);
const image = readFirmwareImage('pico.uf2', content);

/** A bus with one RP2040, whose volume is that folder; polled as the device process does. */
function bus(volume: string, options = 'rw') {
  const sysfs = createSysfs(temporaryFolder());
  const scanner = createLinuxScanner(sysfs.places);
  sysfs.plug({ path: '1-1', vid: '2e8a', pid: '0003', address: 2, disks: ['sda1'] });
  sysfs.mount({ disk: 'sda1', folder: volume, options });
  const listeners = new Set<(devices: readonly AttachedDevice[]) => void>();
  let devices: readonly AttachedDevice[] = [];
  const look = async (): Promise<void> => {
    const now = await scanner.scan();
    if (JSON.stringify(now) === JSON.stringify(devices)) return;
    devices = now;
    for (const listener of listeners) listener(devices);
  };
  const timer = setInterval(look, 20);
  onTestFinished(() => clearInterval(timer));
  const source: DeviceSource = {
    list: () => devices,
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    touch: async () => undefined,
  };
  /** What the board does once it has the last block. */
  const restart = (): void => {
    sysfs.unplug('1-1');
    sysfs.plug({ path: '1-1', vid: 'feed', pid: '0042', address: 3 });
  };
  return { source, restart };
}

function volumeIn(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'INFO_UF2.TXT'), INFO);
  return folder;
}

describe('a UF2 volume', () => {
  it('gets the file byte by byte, and the run is complete once the keyboard is back', async () => {
    const volume = volumeIn(join(temporaryFolder(), 'RPI-RP2'));
    const { source, restart } = bus(volume);
    const { run, fractions } = createRun(source, { image, keyboard: PICO });
    const ended = run.run();
    while (run.state.phase !== 'return' && run.state.phase !== 'ended') {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    restart();
    const state = await ended;
    expect(state.end, run.lines.join('\n')).toMatchObject({ outcome: 'complete' });
    // Nobody can read it back, and nobody claims to have.
    expect(state.holds).toBe('new-unverified');
    expect(readFileSync(join(volume, 'NEW.UF2')).equals(content)).toBe(true);
    expect(fractions.at(-1)).toBe(1);
  });

  it('that stays took nothing, whatever the copy said', async () => {
    const { source } = bus(volumeIn(join(temporaryFolder(), 'RPI-RP2')));
    const { run } = createRun(source, { image, keyboard: PICO }, { returnMs: 400 });
    const state = await run.run();
    expect(state.end).toMatchObject({ outcome: 'unconfirmed' });
    expect(state.holds).toBe('unknown');
  });

  it('of another chip’s family is left alone', async () => {
    const volume = volumeIn(join(temporaryFolder(), 'RPI-RP2'));
    const other = readFirmwareImage('f4.uf2', uf2([{ address: 0x0801_0000, family: 0x5775_5a57 }]));
    const { run } = createRun(bus(volume).source, { image: other, keyboard: PICO });
    const state = await run.run();
    expect(state.end?.error).toMatchObject({ code: 'flash.image-mismatch' });
    expect(() => readFileSync(join(volume, 'NEW.UF2'))).toThrow('ENOENT');
  });

  it('that may only be read is refused with the reason', async () => {
    const volume = volumeIn(join(temporaryFolder(), 'RPI-RP2'));
    const { run } = createRun(bus(volume, 'ro').source, { image, keyboard: PICO });
    const state = await run.run();
    expect(state.end?.error?.message).toContain('for reading only');
    expect(state.holds).toBe('unchanged');
  });

  it.skipIf(process.getuid?.() === 0)('whose folder refuses is left as it is', async () => {
    const volume = volumeIn(join(temporaryFolder(), 'RPI-RP2'));
    chmodSync(volume, 0o555);
    onTestFinished(() => chmodSync(volume, 0o755));
    const { run } = createRun(bus(volume).source, { image, keyboard: PICO });
    const state = await run.run();
    expect(state.end).toMatchObject({ outcome: 'failed', failure: 'no-access' });
    expect(state.holds).toBe('unchanged');
  });

  it.skipIf(WITHOUT_MOUNTS)(
    `that is full in the middle holds a part, and is said to${WITHOUT_MOUNTS ?? ''}`,
    async () => {
      const volume = join(temporaryFolder(), 'RPI-RP2');
      mountDisk(volume, 'size=64k');
      writeFileSync(join(volume, 'INFO_UF2.TXT'), INFO);
      const { run } = createRun(bus(volume).source, { image, keyboard: PICO });
      const state = await run.run();
      expect(state.end).toMatchObject({ outcome: 'failed', failure: 'image-refused' });
      expect(state.holds).toBe('partial');
      // What was copied fills the volume no longer, and nobody takes it for the image.
      expect(existsSync(join(volume, 'NEW.UF2'))).toBe(false);
      expect(run.lines.join('\n')).toContain('Took the part that was copied away again');
    },
  );

  it.skipIf(WITHOUT_MOUNTS)(
    `that turned out to be for reading only is left as it is${WITHOUT_MOUNTS ?? ''}`,
    async () => {
      const volume = join(temporaryFolder(), 'RPI-RP2');
      mountDisk(volume, 'size=1m');
      volumeIn(volume);
      remount(volume, 'ro');
      const { run } = createRun(bus(volume).source, { image, keyboard: PICO });
      const state = await run.run();
      expect(state.end).toMatchObject({ outcome: 'failed', failure: 'no-access' });
      expect(state.holds).toBe('unchanged');
    },
  );
});
