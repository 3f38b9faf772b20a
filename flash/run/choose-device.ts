/** Which of the attached devices a run is about. Pure. */
import { isCompatible } from '../bootloaders/find.ts';
import type { RecognisedDevice } from '../devices/recognise.ts';
import type { KeyboardFacts } from '../image/check-image.ts';
import type { FirmwareImage } from '../image/firmware-image.ts';
import type { FlashAction } from './plan.ts';

export interface DeviceWish {
  readonly action: FlashAction;
  /** A device's `id` or `instance`; null for whichever fits. */
  readonly device: string | null;
  /** Key of a bootloader that is meant, also one that is never chosen by itself; null for any. */
  readonly bootloader: string | null;
  readonly keyboard: KeyboardFacts | null;
  readonly image: FirmwareImage | null;
}

/** Problems that may go away by themselves within seconds. */
const PASSING = ['port-missing', 'not-mounted'];

/** Whether a bootloader with such a problem is waited for, instead of being refused. */
export function isPassing(device: RecognisedDevice): boolean {
  return device.problems.some(({ code }) => PASSING.includes(code));
}

/**
 * The bootloaders that a run could be about. Those that a person named are taken as they are; of the others, only what
 * fits the keyboard and the image: nobody wants to be asked about a bootloader that could not take it.
 */
export function fittingDevices(
  devices: readonly RecognisedDevice[],
  wish: DeviceWish,
): readonly RecognisedDevice[] {
  const { device: wanted, keyboard, image } = wish;
  return devices.filter((device) => {
    const { bootloader } = device;
    if (bootloader === null) return false;
    if (wish.bootloader !== null && bootloader.key !== wish.bootloader) return false;
    if (wanted !== null) return device.id === wanted || device.instance === wanted;
    if (bootloader.onlyOnRequest && wish.bootloader === null) return false;
    const key = keyboard?.bootloader ?? null;
    const tells = key !== null && key !== 'custom' && key !== 'unknown';
    if (tells && wish.bootloader === null && !isCompatible(bootloader, key)) return false;
    return wish.action !== 'flash' || image === null || bootloader.formats.includes(image.format);
  });
}
