/**
 * Is this the right image for this device? Asked before anything is erased. Pure: it is told all it knows, and what
 * it is not told it does not guess.
 */
import type { ImageSegment } from '../../core/image/contract.ts';
import { flashRange, isCompatible } from '../bootloaders/find.ts';
import { findMcu } from '../bootloaders/mcus.ts';
import type { Bootloader } from '../bootloaders/schema.ts';
import type { FirmwareImage } from './firmware-image.ts';

/** What is known of a keyboard from its firmware tree's metadata. */
export interface KeyboardFacts {
  readonly name: string;
  readonly processor: string | null;
  readonly bootloader: string | null;
}

export interface FlashTarget {
  readonly bootloader: Bootloader;
  /** Ids of the device in its bootloader; null for a volume without a USB device that can be seen. */
  readonly usb: { readonly vid: string; readonly pid: string } | null;
  /** Its chip, in QMK's spelling; null when nothing tells. */
  readonly mcu: string | null;
  /** Whether the device itself told its chip. Otherwise metadata or a person did. */
  readonly mcuIsCertain: boolean;
  /** The keyboard that it is said to be; null when nobody said. */
  readonly keyboard: KeyboardFacts | null;
  /** The keyboard that the image was built for; null for a file from elsewhere. */
  readonly builtFor: KeyboardFacts | null;
}

export type CheckRule =
  | 'format'
  | 'place'
  | 'size'
  | 'start'
  | 'processor'
  | 'family'
  | 'keyboard'
  | 'bootloader'
  | 'suffix';

export interface Finding {
  readonly rule: CheckRule;
  /** `stop`: it cannot work. `mismatch`: stops, unless a person says the keyboard's name. `note`: to be known. */
  readonly severity: 'stop' | 'mismatch' | 'note';
  /** What does not fit, in a sentence. */
  readonly message: string;
}

const hexOf = (address: number) => `0x${address.toString(16).padStart(8, '0')}`;
const count = (bytes: number) => bytes.toLocaleString('en');

/** @returns nothing for an image that fits as far as is known; what stops comes first. */
export function checkImage(image: FirmwareImage, target: FlashTarget): readonly Finding[] {
  const { bootloader } = target;
  if (!bootloader.formats.includes(image.format)) {
    const wanted = bootloader.formats.map((format) => `.${format}`).join(' or ');
    return [
      {
        rule: 'format',
        severity: 'stop',
        message: `${bootloader.name} takes ${wanted}, and ${image.name} is a .${image.format} file.`,
      },
    ];
  }
  const order = ['stop', 'mismatch', 'note'];
  return [
    ...checkPlaces(image, target),
    ...checkProcessor(target),
    ...checkFamily(image, target),
    ...checkKeyboard(target),
    ...checkSuffix(image, target),
  ].sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}

/** The segments that this device would take, at the addresses where they would come to lie. */
export function placedSegments(
  image: FirmwareImage,
  target: Pick<FlashTarget, 'bootloader' | 'mcu'>,
): readonly ImageSegment[] {
  const families = target.mcu === null ? null : (findMcu(target.mcu)?.uf2Families ?? null);
  const own = image.parts.filter(
    ({ family }) => family === null || families === null || families.includes(family),
  );
  const segments = (own.length > 0 ? own : image.parts).flatMap((part) => part.segments);
  if (image.placed) return segments;
  const range = target.mcu === null ? null : flashRange(target.bootloader, target.mcu);
  const { flasher } = target.bootloader;
  const start = 'address' in flasher && flasher.address !== null ? flasher.address : range?.start;
  return segments.map(({ address, bytes }) => ({ address: address + (start ?? 0), bytes }));
}

function checkPlaces(image: FirmwareImage, target: FlashTarget): Finding[] {
  const { bootloader, mcu } = target;
  const range = mcu === null ? null : flashRange(bootloader, mcu);
  if (range === null || mcu === null) return [];
  // A chip that only metadata names may be another one, which a person can know.
  const severity = target.mcuIsCertain ? 'stop' : 'mismatch';
  const segments = placedSegments(image, target);
  const findings: Finding[] = [];
  const low = segments.find(({ address }) => address < range.start);
  const end = Math.max(...segments.map(({ address, bytes }) => address + bytes.length));
  if (low !== undefined) {
    findings.push({
      rule: 'place',
      severity,
      message: `The image has bytes at ${hexOf(low.address)}, before the flash that is free on ${mcu} (${hexOf(range.start)}).`,
    });
  }
  if (end > range.end) {
    const room = range.end - range.start;
    findings.push({
      rule: image.size > room ? 'size' : 'place',
      severity,
      message:
        image.size > room
          ? `The image fills ${count(image.size)} bytes, and ${mcu} with ${bootloader.name} has room for ${count(room)}.`
          : `The image reaches to ${hexOf(end)}, where ${bootloader.name} or nothing lies (${hexOf(range.end)}).`,
    });
  }
  if (findings.length === 0) findings.push(...checkStart(segments, range, target));
  return findings;
}

/** Where Cortex-M chips have RAM: a stack pointer that lies elsewhere is none. */
const RAM_STARTS = [0x1000_0000, 0x2000_0000, 0x2400_0000];
const RAM_SIZE = 0x0010_0000;

/** The reset vector has to be in the image, and on Cortex-M to lead into it. */
function checkStart(
  segments: readonly ImageSegment[],
  range: { readonly start: number; readonly end: number },
  { mcu, bootloader }: FlashTarget,
): Finding[] {
  const first = segments.find(
    ({ address, bytes }) => address <= range.start && range.start < address + bytes.length,
  );
  const mismatch = (message: string): Finding[] => [
    { rule: 'start', severity: 'mismatch', message },
  ];
  // These loaders choose the place of the image by board, not only by chip.
  const isFixed = bootloader.flasher.tool !== 'uf2-copy' && bootloader.flasher.tool !== 'mdloader';
  if (first === undefined) {
    return isFixed
      ? mismatch(`The image has nothing at ${hexOf(range.start)}, where ${mcu} begins to run.`)
      : [];
  }
  const isCortex = /^(?:STM32|AT32|WB32)/.test(mcu ?? '');
  if (!isCortex || !isFixed || first.bytes.length < 8) return [];
  const table = Buffer.from(first.bytes).subarray(range.start - first.address);
  const stack = table.readUInt32LE(0);
  const reset = table.readUInt32LE(4);
  if (!RAM_STARTS.some((start) => stack > start && stack <= start + RAM_SIZE)) {
    return mismatch(`The image does not begin as one for ${mcu} does: it is for another chip.`);
  }
  const end = range.start + table.length;
  if (reset < range.start || reset >= end || (reset & 1) === 0) {
    return mismatch(
      `The image would start at ${hexOf(reset)}, outside of itself: it was made for another bootloader.`,
    );
  }
  return [];
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function checkProcessor({ bootloader, mcu, builtFor, mcuIsCertain }: FlashTarget): Finding[] {
  const built = builtFor?.processor ?? null;
  if (built === null) return [];
  if (mcu !== null && !same(built, mcu)) {
    const who = mcuIsCertain ? 'the device says that it has' : 'this keyboard has';
    return [
      {
        rule: 'processor',
        severity: 'mismatch',
        message: `The image was built for ${built}, and ${who} ${mcu}.`,
      },
    ];
  }
  if (!bootloader.mcus.some((name) => same(name, built))) {
    return [
      {
        rule: 'processor',
        severity: 'mismatch',
        message: `The image was built for ${built}, which does not come with ${bootloader.name}.`,
      },
    ];
  }
  return [];
}

function checkFamily(image: FirmwareImage, { bootloader, mcu }: FlashTarget): Finding[] {
  if (image.format !== 'uf2') return [];
  const chips = mcu === null ? bootloader.mcus : [mcu];
  const known = chips.flatMap((name) => findMcu(name)?.uf2Families ?? []);
  const families = image.parts.flatMap(({ family }) => (family === null ? [] : [family]));
  if (families.length === 0) {
    return [
      {
        rule: 'family',
        severity: 'note',
        message: 'The UF2 file does not say which chip it is for.',
      },
    ];
  }
  if (families.some((family) => known.includes(family))) return [];
  return [
    {
      rule: 'family',
      severity: 'mismatch',
      message: `The UF2 file is for the chip family ${families.map(hexOf).join(', ')}, and not for ${chips.join(' or ')}.`,
    },
  ];
}

function checkKeyboard({ bootloader, keyboard, builtFor }: FlashTarget): Finding[] {
  const findings: Finding[] = [];
  if (keyboard !== null && builtFor !== null && keyboard.name !== builtFor.name) {
    findings.push({
      rule: 'keyboard',
      severity: 'mismatch',
      message: `The image was built for ${builtFor.name}, and this is ${keyboard.name}.`,
    });
  }
  const named = builtFor ?? keyboard;
  const key = named?.bootloader ?? null;
  const tells = key !== null && key !== 'custom' && key !== 'unknown';
  if (
    named !== null &&
    tells &&
    !isCompatible(bootloader, key) &&
    bootloader.role === 'bootloader'
  ) {
    findings.push({
      rule: 'bootloader',
      severity: 'mismatch',
      message: `${named.name} has the bootloader ${key}, and this device shows ${bootloader.name}.`,
    });
  }
  return findings;
}

function checkSuffix({ suffix }: FirmwareImage, { usb }: FlashTarget): Finding[] {
  if (suffix === null || usb === null) return [];
  const fits = (mark: string | null, id: string) => mark === null || mark === id;
  if (fits(suffix.vid, usb.vid) && fits(suffix.pid, usb.pid)) return [];
  return [
    {
      rule: 'suffix',
      severity: 'mismatch',
      message: `The image is stamped for the device ${suffix.vid ?? '*'}:${suffix.pid ?? '*'}, and this one is ${usb.vid}:${usb.pid}.`,
    },
  ];
}
