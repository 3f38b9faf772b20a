/** Checks what pages send, before anything is done with it. A page may be hostile, whatever its types say. Pure. */
import type { FileToSave } from '../../renderer/bridge/bridge.ts';
import { ShellError } from '../errors.ts';
import type { ConfiguratorImage, Requests } from './messages.ts';

/** A picture of sixteen layers has some megabytes. */
const FILE_MAX_BYTES = 64 * 1024 * 1024;
const LINE_MAX = 4096;

type Given = readonly unknown[];

class Wrong extends Error {}

function text(value: unknown, what: string, most = LINE_MAX): string {
  if (typeof value !== 'string' || value.length > most) {
    throw new Wrong(`${what} has to be text of at most ${most} characters`);
  }
  return value;
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Wrong(`${what} has to be an object`);
  }
  return value as Record<string, unknown>;
}

function none(given: Given): [] {
  if (given.length > 0) throw new Wrong('it takes no parameter');
  return [];
}

function content(value: unknown): string | Uint8Array {
  if (value instanceof Uint8Array && value.byteLength <= FILE_MAX_BYTES) return value;
  return text(value, 'the content', FILE_MAX_BYTES);
}

function fileToSave(value: unknown): FileToSave {
  const file = record(value, 'the file');
  return {
    name: fileName(text(file.name, 'the name')),
    mediaType: text(file.mediaType, 'the media type', 200),
    content: content(file.content),
  };
}

/** A name without a way to another folder, on every system. */
function fileName(name: string): string {
  const plain = [...name]
    .map((character) => (character < ' ' || '<>:"/\\|?*'.includes(character) ? '_' : character))
    .join('')
    .replace(/^\.+/, '')
    .slice(-200);
  return plain === '' ? 'keymap.json' : plain;
}

function progress(value: unknown): { readonly fraction: number | null } | null {
  if (value === null) return null;
  const { fraction } = record(value, 'the progress');
  if (fraction === null) return { fraction };
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1)) {
    throw new Wrong('the fraction has to be a number from 0 to 1');
  }
  return { fraction };
}

function image(value: unknown): ConfiguratorImage {
  const given = record(value, 'the image');
  return {
    url: text(given.url, 'the address'),
    keyboard: text(given.keyboard, 'the keyboard', 200),
    fileName: fileName(text(given.fileName, 'the file’s name')),
  };
}

const CHECKS: { readonly [Name in keyof Requests]: (given: Given) => Parameters<Requests[Name]> } =
  {
    'session-token': none,
    'app-info': none,
    'open-keymap': none,
    'save-file': ([file]) => [fileToSave(file)],
    'choose-folder': none,
    'show-logs': none,
    'open-configurator': none,
    'open-external': ([address]) => [text(address, 'the address')],
    'restart-service': none,
    title: ([title]) => [text(title, 'the title', 500)],
    progress: ([value]) => [progress(value)],
    'build-ended': ([value]) => {
      const end = record(value, 'the end');
      return [
        {
          jobId: text(end.jobId, 'the job', 100),
          title: text(end.title, 'the title', 500),
          body: text(end.body, 'the body', 2000),
        },
      ];
    },
    'flash-image': ([value]) => [image(value)],
    'flash-file': none,
  };

/** @throws ShellError `shell.message-invalid` */
export function checkParameters<Name extends keyof Requests>(
  name: Name,
  given: Given,
): Parameters<Requests[Name]> {
  try {
    return CHECKS[name](given);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    throw new ShellError(
      'shell.message-invalid',
      `The page sent ${name} wrongly: ${error.message}.`,
    );
  }
}
