/** The device process over a folder with the kernel's files. */
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../core/log.ts';
import type { ProcessIdentity } from '../../core/subprocess.ts';
import { type DeviceWatcher, startDeviceWatcher } from '../../flash/devices/device-watcher.ts';
import { createSysfs } from '../fixtures/flash/sysfs.ts';
import { until } from '../fixtures/service/until.ts';
import { temporaryFolder } from '../fixtures/toolchain/tools.ts';

const CATERINA = { path: '1-1', vid: '2341', pid: '0036', address: 7, tty: 'ttyACM0' };

let watcher: DeviceWatcher | undefined;
afterEach(() => watcher?.stop());

/** @param aliveMs short where a process that hangs is to be noticed; a machine that is busy is silent too. */
function watch(aliveMs = 5000) {
  const sysfs = createSysfs(temporaryFolder());
  const processes: ProcessIdentity[] = [];
  watcher = startDeviceWatcher({
    log: createLogger({ level: 'silent', name: 'test' }),
    places: sysfs.places,
    pollMs: 30,
    aliveMs,
    onProcess: (identity) => processes.push(identity),
  });
  return { ...sysfs, watcher, processes };
}

const ids = (from: DeviceWatcher) => from.list().map(({ id }) => id);

describe('attached devices', () => {
  it('are seen as they come and go', async () => {
    const { watcher: devices, plug, unplug } = watch();
    await devices.ready;
    expect(ids(devices)).toEqual([]);
    let changes = 0;
    devices.watch(() => {
      changes += 1;
    });
    plug(CATERINA);
    await until('the change', () => ids(devices).includes('usb-1-1'));
    unplug('1-1');
    await until('the change', () => ids(devices).length === 0);
    expect(changes).toBeGreaterThanOrEqual(2);
  });

  it('are seen again after the process was killed', async () => {
    const { watcher: devices, plug, processes } = watch();
    plug(CATERINA);
    await until('the change', () => ids(devices).length === 1);
    const first = processes[0]?.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await until('the change', () => processes.length >= 2);
    plug({ ...CATERINA, path: '1-2', address: 8, tty: 'ttyACM1' });
    await until('the change', () => ids(devices).length === 2);
    expect(processes[1]?.pid).not.toBe(first);
  });

  it('are seen again after the process hung', async () => {
    const { watcher: devices, plug, processes } = watch(100);
    plug(CATERINA);
    await until('the change', () => ids(devices).length === 1);
    process.kill(processes[0]?.pid ?? 0, 'SIGSTOP');
    await until('the change', () => processes.length >= 2);
    plug({ ...CATERINA, path: '1-2', address: 8, tty: 'ttyACM1' });
    await until('the change', () => ids(devices).length === 2);
  });

  it('have ports that cannot all be touched, of which the process survives', async () => {
    const { watcher: devices, processes } = watch();
    await devices.ready;
    await expect(devices.touch('/nowhere/ttyACM9')).rejects.toMatchObject({
      code: 'devices.unavailable',
    });
    expect(processes).toHaveLength(1);
  });
});
