/** The pages of docs/ and the types that are made from the code. Runs on the project's Node only: it loads TypeScript. */
import { z } from 'zod';
import { ERRORS } from '../core/errors.ts';
import { SETTINGS } from '../core/settings.ts';
import { BOOTLOADERS } from '../flash/bootloaders/table.ts';
import { API_TYPES, apiTypes } from './api-types.mjs';

const NOTE =
  '<!-- Made by scripts/generate-docs.mjs. Change the table in the code, then run it again. -->';

const KINDS = {
  user: 'the input or the command has to change',
  environment: 'the machine has to change',
  cancelled: 'somebody asked for it',
  defect: 'a fault of Kiln: please report it',
};

const row = (cells) =>
  `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;

function table(heads, rows) {
  return [row(heads), row(heads.map(() => '---')), ...rows.map(row)].join('\n');
}

function errorsPage() {
  const kinds = Object.entries(KINDS).map(([kind, meaning]) => `- \`${kind}\`: ${meaning}.`);
  const rows = Object.entries(ERRORS).map(([code, { kind, status, remedy }]) => [
    `\`${code}\``,
    kind,
    status,
    remedy,
  ]);
  return `# Errors

${NOTE}

Every error has a stable code, a message that says what happened and why, and a remedy. Programs branch on the code; it
comes in the body of an HTTP answer (with the status below), in a job that failed, and with \`--json\` in a terminal.
Codes are never used again for something else.

${kinds.join('\n')}

${table(['Code', 'Kind', 'HTTP', 'What to do'], rows)}
`;
}

/** Defaults that are not the same on every machine, in words. */
const DEFAULTS_IN_WORDS = {
  dataDir: 'the system’s folder for application data',
  host: '`127.0.0.1`; every address with `KILN_LAN`',
  workers: 'half of the processor’s cores, at least 1',
};

const code = (value) => (value === '' ? '' : `\`${value}\``);

function defaultOf(name, schema) {
  if (name in DEFAULTS_IN_WORDS) return DEFAULTS_IN_WORDS[name];
  const { data } = schema.safeParse(undefined);
  if (data === undefined) return 'none';
  return Array.isArray(data) ? code(data.join(',')) || 'empty' : code(data);
}

function valuesOf(schema) {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  if (json.enum !== undefined) return json.enum.map(code).join(', ');
  if (json.anyOf !== undefined) return 'list';
  if (json.type === 'boolean') return '`true`, `false`';
  if (json.format === 'uri') return 'address';
  if (json.type === 'string') return 'text';
  const range =
    json.exclusiveMinimum === undefined
      ? `${json.minimum} to ${json.maximum}`
      : `more than ${json.exclusiveMinimum}, up to ${json.maximum}`;
  return json.type === 'integer' ? `whole number, ${range}` : `number, ${range}`;
}

function settingsPage() {
  const rows = Object.entries(SETTINGS).map(([name, { variable, help, schema }]) => [
    code(variable),
    // The file lies in that folder, so it cannot say where.
    name === 'dataDir' ? 'none' : code(name),
    help,
    valuesOf(schema),
    defaultOf(name, schema),
  ]);
  return `# Settings

${NOTE}

Each setting is an environment variable, and under its other name a member of \`settings.json\` in the data folder. A
flag of the command line wins over the variable, the variable over the file, the file over the default. A value that
does not fit stops the start and is named.

${table(['Variable', 'In settings.json', 'Meaning', 'Values', 'Default'], rows)}
`;
}

const DETECTED = { lab: 'in the USB lab', fixture: 'by its ids, on a made-up bus' };

const FLASHED = {
  lab: 'in the USB lab, with the real tool',
  'stand-in': 'with a script in the tool’s place',
  parser: 'command line and output only',
  no: 'never',
};

const VERIFIED = { tool: 'by the tool', 'read-back': 'by Kiln', none: 'cannot be read' };

const EEPROM = {
  tool: 'yes',
  'tool-erases-firmware': 'yes, and writes the firmware again',
  'cleared-on-entry': 'happens by itself',
  'not-from-here': 'no',
};

const OUR_OWN = ['uf2-copy', 'flash-bin-copy'];

function bootloadersPage() {
  const rows = BOOTLOADERS.map(({ name, key, ids, flasher, proof, ...rest }) => [
    `${name} (${code(key)})`,
    ids.map(({ vid, pid }) => `${vid}:${pid}`).join(' ') || 'its volume, or the metadata',
    OUR_OWN.includes(flasher.tool) ? 'Kiln itself' : flasher.tool,
    rest.formats.map((format) => `.${format}`).join(' '),
    VERIFIED[rest.verify],
    EEPROM[rest.eeprom],
    rest.windowsDriver,
    DETECTED[proof.detected],
    OUR_OWN.includes(flasher.tool) && proof.flashed === 'lab'
      ? 'in the USB lab'
      : FLASHED[proof.flashed],
  ]);
  const heads = ['Bootloader', 'Known by', 'Written by', 'Takes', 'Compared', 'Settings cleared'];
  return `# Bootloaders

${NOTE}

What Kiln knows of each bootloader, and how much of that was ever shown. The [USB lab](../test/usb-lab/README.md) is a
virtual machine with a real Linux kernel and the real flashing tools, in front of emulated devices that were written from
the protocols’ own documents: there, the device’s flash held the image afterwards. Nothing here was tried on a real
keyboard by this project. How flashing works is in [flashing.md](flashing.md).

${table([...heads, 'Windows driver', 'Detected in a test', 'Flashed in a test'], rows)}
`;
}

/** @returns {Promise<Record<string, string>>} text by path */
export async function generatedFiles() {
  return {
    'docs/errors.md': errorsPage(),
    'docs/settings.md': settingsPage(),
    'docs/bootloaders.md': bootloadersPage(),
    [API_TYPES]: await apiTypes(),
  };
}
