/** Devices and flash runs. Times are milliseconds since the epoch. */
import { z } from 'zod';
import { CONTENTS, type Contents } from '../../flash/run/contents.ts';
import { ENDINGS, FAILURES, NEXT_STEPS } from '../../flash/run/endings.ts';
import { errorReportSchema } from './errors.ts';

const time = z.int().describe('Milliseconds since the epoch');
const nodeSchema = z.object({
  path: z.string(),
  access: z.enum(['ok', 'denied', 'unknown']).describe('Whether the service’s account may open it'),
});

export const deviceSchema = z
  .object({
    id: z.string().describe('The place; it stays when a keyboard goes over into its bootloader'),
    instance: z.string().describe('Another one each time that something starts anew there'),
    kind: z.enum(['keyboard', 'bootloader', 'other']),
    title: z.string(),
    bootloader: z.string().nullable().describe('Its key in the bootloader table'),
    mcu: z.string().nullable().describe('The chip, where the device tells it'),
    keyboards: z
      .array(z.object({ tree: z.string(), name: z.string() }))
      .describe('Keyboards of the trees with this USB id; many share one'),
    can: z
      .array(z.enum(['flash', 'clear-eeprom', 'set-hand', 'exit', 'touch', 'console']))
      .describe('What can be done with it now'),
    problems: z
      .array(z.object({ code: z.string(), message: z.string(), remedy: z.string() }))
      .describe('Why something cannot be done, and what to do about it'),
    usb: z
      .object({
        vid: z.string(),
        pid: z.string(),
        revision: z.string(),
        manufacturer: z.string().nullable(),
        product: z.string().nullable(),
        serial: z.string().nullable(),
      })
      .nullable(),
    ports: z.array(nodeSchema).describe('Serial ports'),
    volumes: z.array(
      z.object({
        mount: z.string().nullable(),
        readOnly: z.boolean(),
        board: z.string().nullable().describe('What its INFO_UF2.TXT names'),
      }),
    ),
  })
  .meta({ id: 'Device' });

export const deviceListSchema = z
  .object({
    devices: z.array(deviceSchema),
    trouble: errorReportSchema.nullable().describe('Why attached devices cannot be seen'),
  })
  .meta({ id: 'DeviceList' });

const actionSchema = z.enum(['flash', 'clear-eeprom', 'set-hand', 'exit']);
const keyboardRef = z.strictObject({
  tree: z.string().max(100).optional().describe('The default tree when absent'),
  name: z.string().min(1).max(200),
});

export const startFlashBody = z.strictObject({
  action: actionSchema.default('flash'),
  job: z.string().max(64).optional().describe('A finished job, whose image is written'),
  image: z
    .string()
    .max(64)
    .optional()
    .describe('Id of an image that was sent to /kiln/v1/flash-images'),
  keyboard: keyboardRef.optional().describe('Which keyboard it is; the one of the job when absent'),
  hand: z.enum(['left', 'right']).optional().describe('With set-hand'),
  device: z
    .string()
    .max(300)
    .optional()
    .describe('Its id or instance; the one that fits when absent'),
  bootloader: z.string().max(40).optional().describe('Key, where others have the same USB id'),
  mcu: z.string().max(40).optional().describe('The chip, where nothing tells'),
  confirmation: z
    .string()
    .max(200)
    .optional()
    .describe('The keyboard’s name, typed, against a mismatch'),
  waitSeconds: z.int().min(0).max(86_400).default(300).describe('For the bootloader'),
});

export const flashPreviewSchema = z
  .object({
    device: z
      .object({ id: z.string(), instance: z.string(), title: z.string() })
      .nullable()
      .describe('What would be written to if the run began now; null while none or several fit'),
    bootloader: z
      .object({
        key: z.string(),
        name: z.string(),
        enter: z.array(z.string()).describe('How the keyboard gets into it, best way first'),
        restart: z.enum(['by-itself', 'by-command', 'by-hand']),
        eeprom: z
          .enum(['tool', 'tool-erases-firmware', 'cleared-on-entry', 'not-from-here'])
          .describe('Whether settings can be written from there, and what that costs'),
        warning: z.string().nullable(),
      })
      .nullable()
      .describe('Of the device, or else the one that the keyboard is known to have'),
    mcu: z.string().nullable(),
    room: z.int().nullable().describe('Bytes that an image may fill'),
    findings: z
      .array(
        z.object({
          rule: z.string(),
          severity: z
            .enum(['stop', 'mismatch', 'note'])
            .describe('stop: it cannot work; mismatch: only with the keyboard’s name typed'),
          message: z.string(),
        }),
      )
      .describe('Empty where all fits that can be checked'),
    confirm: z.string().nullable().describe('The name to type against a mismatch'),
  })
  .meta({ id: 'FlashPreview' });

export const chooseDeviceBody = z.strictObject({ device: z.string().min(1).max(300) });

export const flashImageSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    format: z.enum(['uf2', 'hex', 'bin']),
    size: z.int().describe('Bytes of flash that it fills'),
    sha256: z.string(),
  })
  .meta({ id: 'FlashImage' });

export const flashImageQuery = z.object({
  name: z
    .string()
    .regex(/^[^/\\\p{Cc}]{1,200}$/u)
    .describe('File name, whose extension has to fit the content'),
});

const namesOf = <Name extends string>(record: Readonly<Record<Name, string>>) =>
  Object.keys(record) as [Name, ...Name[]];
const endingCode = z.enum([...namesOf(ENDINGS), ...namesOf(FAILURES)]);
const nextCode = z.enum(namesOf(NEXT_STEPS));

export const flashRunSchema = z
  .object({
    id: z.string(),
    action: actionSchema,
    keyboard: z.string().nullable(),
    image: z.object({ name: z.string(), sha256: z.string(), size: z.int() }).nullable(),
    job: z.string().nullable(),
    device: z.string().nullable().describe('Its title, once it is known'),
    bootloader: z.string().nullable(),
    startedAt: time,
    endedAt: time.nullable(),
    holds: z
      .enum(Object.keys(CONTENTS) as [Contents, ...Contents[]])
      .describe('What the keyboard holds now'),
    holdsMeans: z.string().describe('The same in a sentence'),
    phase: z.enum(['prepare', 'wait', 'choose', 'work', 'return', 'ended']),
    stage: z.enum(['erase', 'write', 'verify', 'restart']).nullable(),
    fraction: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe('Of the stage; null where no end is known'),
    instructions: z
      .array(z.string())
      .describe('How the keyboard gets into its bootloader, while it waits'),
    problem: z.string().nullable().describe('What it waits for otherwise'),
    choices: z
      .array(z.object({ id: z.string(), instance: z.string(), title: z.string() }))
      .describe('Devices that fit, in the phase choose'),
    cancelRefusal: z.string().nullable().describe('Why it cannot be canceled now'),
    end: z
      .object({
        outcome: z.enum(['complete', 'written', 'unconfirmed', 'failed', 'canceled']),
        message: z.string(),
        holds: z.string(),
        next: z.string(),
        code: endingCode
          .nullable()
          .describe('What happened, for a page in another language; null with an error'),
        nextCode: nextCode.nullable().describe('What to do next, likewise'),
        details: z
          .object({
            stage: z.enum(['erase', 'write', 'verify', 'restart']).nullable(),
            exitCode: z.int().nullable(),
          })
          .describe('What stands in the sentence of some codes'),
        failure: z.string().nullable(),
        error: errorReportSchema.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'FlashRun' });

export const flashRunListSchema = z
  .object({ runs: z.array(flashRunSchema).describe('Newest first') })
  .meta({ id: 'FlashRunList' });

export const flashRunParams = z.object({ id: z.string() });
export const flashRunQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export const flashLogSchema = z.object({ lines: z.array(z.string()) }).meta({ id: 'FlashLog' });

export const udevSchema = z
  .object({
    rules: z.string().describe('The text of the rules file'),
    target: z.string(),
    missing: z
      .array(z.string())
      .describe('vid:pid of bootloaders that no rules file gives to the person'),
    files: z.array(z.string()).describe('Rules files that give some'),
  })
  .meta({ id: 'UdevRules' });
