/** Devices and flash runs as the API shows them. */
import type { z } from 'zod';
import type { RecognisedDevice } from '../../flash/devices/recognise.ts';
import type { FlashRunView } from '../../flash/flash-service.ts';
import { CONTENTS } from '../../flash/run/contents.ts';
import type { FlashPreview } from '../../flash/run/preview.ts';
import type { deviceSchema, flashPreviewSchema, flashRunSchema } from '../schemas/kiln-flash.ts';

export function deviceView(device: RecognisedDevice): z.input<typeof deviceSchema> {
  const { attached, bootloader, keyboards, can, problems, ...rest } = device;
  const { usb, ports, volumes } = attached;
  return {
    ...rest,
    bootloader: bootloader?.key ?? null,
    keyboards: [...keyboards],
    can: [...can],
    problems: [...problems],
    usb:
      usb === null
        ? null
        : {
            vid: usb.vid,
            pid: usb.pid,
            revision: usb.revision,
            manufacturer: usb.manufacturer,
            product: usb.product,
            serial: usb.serial,
          },
    ports: [...ports],
    volumes: volumes.map(({ mount, readOnly, uf2 }) => ({
      mount,
      readOnly,
      board: uf2?.boardId ?? null,
    })),
  };
}

export function flashRunView({ record, live }: FlashRunView): z.input<typeof flashRunSchema> {
  const { jobId, end, ...rest } = record;
  const holds = live?.state.holds ?? record.holds;
  return {
    ...rest,
    job: jobId,
    holds,
    holdsMeans: CONTENTS[holds],
    phase: live?.state.phase ?? 'ended',
    stage: live?.state.stage ?? null,
    fraction: live?.state.fraction ?? null,
    instructions: [...(live?.waiting.instructions ?? [])],
    problem: live?.waiting.problem ?? null,
    choices: (live?.waiting.choices ?? []).map(({ id, instance, title }) => ({
      id,
      instance,
      title,
    })),
    cancelRefusal: live === null ? 'The run has ended.' : live.cancelRefusal,
    end,
  };
}

export function flashPreviewView(preview: FlashPreview): z.input<typeof flashPreviewSchema> {
  const { device, bootloader, findings, ...rest } = preview;
  return {
    ...rest,
    device:
      device === null ? null : { id: device.id, instance: device.instance, title: device.title },
    bootloader:
      bootloader === null
        ? null
        : {
            key: bootloader.key,
            name: bootloader.name,
            enter: [...bootloader.enter],
            restart: bootloader.restart,
            eeprom: bootloader.eeprom,
            warning: bootloader.warning ?? null,
          },
    findings: [...findings],
  };
}
