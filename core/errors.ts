/**
 * The registry of every error that a person can meet: a stable code, what kind of thing went wrong, and
 * what to do about it. Codes are never reused; `docs/errors.md` is held against this table by a test.
 */

/**
 * - `user`: the input or command has to change.
 * - `environment`: the machine has to change (a missing compiler, a full disk).
 * - `cancelled`: someone asked for it; needs no report.
 * - `defect`: a fault of Kiln; the only kind that asks for a report.
 */
export type ErrorKind = 'user' | 'environment' | 'cancelled' | 'defect';

interface ErrorDefinition {
  readonly kind: ErrorKind;
  /** HTTP status when the error ends a request. */
  readonly status: number;
  /** The next step, in a sentence; the message of the single error may be more exact. */
  readonly remedy: string;
}

export const ERRORS = {
  // Requests
  'request.invalid-json': {
    kind: 'user',
    status: 400,
    remedy: 'Send one JSON object in UTF-8, as QMK Configurator exports it.',
  },
  'request.too-large': {
    kind: 'user',
    status: 413,
    remedy: 'A keymap file has at most 256 KiB; remove what is not part of the keymap.',
  },
  'request.media-type': {
    kind: 'user',
    status: 415,
    remedy: 'Send Content-Type: application/json, without Content-Encoding.',
  },
  'request.timed-out': {
    kind: 'user',
    status: 408,
    remedy: 'Send the whole request without a pause, again.',
  },
  'request.host-refused': {
    kind: 'user',
    status: 421,
    remedy: 'Use http://localhost, or add the host name to KILN_ALLOWED_HOSTS.',
  },
  'request.origin-refused': {
    kind: 'user',
    status: 403,
    remedy: 'Add the page’s origin to KILN_ALLOWED_ORIGINS if you trust it.',
  },
  'request.token-required': {
    kind: 'user',
    status: 401,
    remedy:
      'Send the session token as Authorization: Bearer …; kiln serve prints where its file lies.',
  },
  'request.scope-missing': {
    kind: 'user',
    status: 403,
    remedy: 'Use a key with that scope: kiln keys add <name> --scope <scope>.',
  },
  'request.not-let-in': {
    kind: 'user',
    status: 401,
    remedy:
      'Open /pair at this service and type the code that kiln pair shows, or send an API key.',
  },
  'request.too-many': {
    kind: 'user',
    status: 429,
    remedy: 'Wait as long as Retry-After says, then go on more slowly.',
  },
  'session.code-refused': {
    kind: 'user',
    status: 403,
    remedy: 'Each code works once, for ten minutes, on this machine: run kiln open again.',
  },
  'request.not-found': {
    kind: 'user',
    status: 404,
    remedy: 'Check the address; GET /v1 lists what there is.',
  },
  'request.invalid': {
    kind: 'user',
    status: 400,
    remedy: 'Compare the request with /kiln/v1/openapi.json.',
  },
  // Keymaps
  'keymap.refused': {
    kind: 'user',
    status: 422,
    remedy: 'Change the member that the message names, then send the keymap again.',
  },
  'keymap.unreadable': {
    kind: 'user',
    status: 400,
    remedy: 'Name a readable keymap JSON file, as QMK Configurator exports it.',
  },
  'keyboard.unknown': {
    kind: 'user',
    status: 404,
    remedy: 'Look the name up with: kiln keyboards <part of the name>.',
  },
  'keyboard.metadata-broken': {
    kind: 'user',
    status: 422,
    remedy: 'Mend the keyboard’s metadata in its firmware tree, or choose another tree.',
  },
  // Jobs and the queue
  'job.unknown': {
    kind: 'user',
    status: 404,
    remedy: 'Check the job id; results are kept for STORAGE_TIME_HOURS.',
  },
  'job.not-ended': {
    kind: 'user',
    status: 409,
    remedy: 'Cancel it first, or wait for its end.',
  },
  'job.no-file': {
    kind: 'user',
    status: 404,
    remedy: 'The job has no such file: read its output to see how it ended.',
  },
  'job.canceled': { kind: 'cancelled', status: 409, remedy: 'Send the keymap again to build it.' },
  'job.timed-out': {
    kind: 'environment',
    status: 500,
    remedy: 'Raise KILN_JOB_TIMEOUT_SECONDS if this machine is slow.',
  },
  'job.no-worker': {
    kind: 'environment',
    status: 503,
    remedy:
      'Give a worker host what the message names: its firmware tree at that commit, the program, or the tag in KILN_WORKER_TAGS. Then build again.',
  },
  'job.worker-lost': {
    kind: 'defect',
    status: 500,
    remedy: 'The build was started three times and its worker died each time; look at its log.',
  },
  'queue.full': {
    kind: 'environment',
    status: 503,
    remedy: 'Wait for a build to end, or raise KILN_QUEUE_LIMIT.',
  },
  'queue.claim-lost': {
    kind: 'environment',
    status: 500,
    remedy: 'Nothing to do: another worker has the job now.',
  },
  'queue.unreachable': {
    kind: 'environment',
    status: 503,
    remedy:
      'Look whether Redis runs and REDIS_HOST is its address; then ask again. Accepted jobs are kept there.',
  },
  'queue.refused': {
    kind: 'environment',
    status: 500,
    remedy: 'Check REDIS_HOST, REDIS_USER and REDIS_PASSWORD, and what Redis itself logs.',
  },
  // The schedule
  'schedule.unknown': {
    kind: 'user',
    status: 404,
    remedy: 'List the tasks with: kiln schedule ls.',
  },
  'schedule.running': {
    kind: 'user',
    status: 409,
    remedy: 'Wait for its end: kiln schedule ls tells.',
  },
  'update.rolled-back': {
    kind: 'environment',
    status: 500,
    remedy:
      'Nothing is lost: the tree is where it was. Look into the failed builds, then update by hand.',
  },
  'hook.refused': {
    kind: 'user',
    status: 401,
    remedy: 'Give the webhook the secret of KILN_WEBHOOK_SECRET, as docs/self-hosting.md says.',
  },
  'service.not-ready': {
    kind: 'environment',
    status: 503,
    remedy: 'Wait a moment; when it stays so, kiln ping and the log say why.',
  },
  // Checks
  'check.superseded': {
    kind: 'cancelled',
    status: 409,
    remedy: 'Nothing to do: the newer check answers.',
  },
  'check.unavailable': {
    kind: 'environment',
    status: 503,
    remedy: 'Try again in a moment; when it stays so, the service’s log says why.',
  },
  // Builds
  'build.compile-failed': {
    kind: 'user',
    status: 422,
    remedy: 'Read the first error of the build log; it names the file and line.',
  },
  'build.killed': {
    kind: 'environment',
    status: 500,
    remedy: 'The system may have run out of memory; build fewer keyboards at the same time.',
  },
  'build.image-missing': {
    kind: 'environment',
    status: 500,
    remedy: 'The build ended well but left no image; read its log.',
  },
  'build.image-invalid': {
    kind: 'environment',
    status: 500,
    remedy: 'The image is not what the keyboard’s processor can take; read the build log.',
  },
  'build.hand-unused': {
    kind: 'user',
    status: 422,
    remedy:
      'Its halves are told apart in another way, such as a pin or the cable: build without a hand, and flash both halves with the same image.',
  },
  'build.limit-exceeded': {
    kind: 'user',
    status: 422,
    remedy:
      'No keyboard’s firmware needs that much: look for what in the keymap or tree asks for it.',
  },
  'sandbox.unavailable': {
    kind: 'environment',
    status: 503,
    remedy:
      'Run: kiln doctor. It says why builds cannot be contained here. KILN_SANDBOX=best builds all the same.',
  },
  // What is fetched from elsewhere
  'remote.address-invalid': {
    kind: 'user',
    status: 422,
    remedy: 'Give a whole address, such as https://host/folder/keymap.json.',
  },
  'remote.refused': {
    kind: 'user',
    status: 403,
    remedy:
      'Download the file in your browser and open it here, or add the host to KILN_IMPORT_HOSTS if you trust it.',
  },
  'remote.failed': {
    kind: 'environment',
    status: 502,
    remedy: 'Look whether your browser can open the address, and try again.',
  },
  'remote.unfit': {
    kind: 'user',
    status: 422,
    remedy: 'Give the address of a keymap file: JSON, at most 2 MiB.',
  },

  // Firmware trees
  'tree.not-here': {
    kind: 'environment',
    status: 503,
    remedy: 'Nothing to do: another worker builds it, or this one once it has fetched the commit.',
  },
  'tree.unknown': { kind: 'user', status: 404, remedy: 'List the trees with: kiln tree list.' },
  'work.in-hand': {
    kind: 'user',
    status: 409,
    remedy: 'Wait until it is done: GET /kiln/v1/work tells.',
  },
  'tree.exists': {
    kind: 'user',
    status: 409,
    remedy: 'Choose another name, or remove the tree of that name first.',
  },
  'tree.invalid': {
    kind: 'user',
    status: 422,
    remedy: 'Name the top folder of a QMK firmware checkout.',
  },
  'tree.missing': {
    kind: 'environment',
    status: 500,
    remedy: 'Bring the folder back, or add the tree again with: kiln tree add.',
  },
  'tree.broken': {
    kind: 'environment',
    status: 500,
    remedy: 'Mend the file that the message names, or go back with: kiln tree rollback.',
  },
  'tree.changed': {
    kind: 'environment',
    status: 500,
    remedy: 'Build again once nothing edits, pulls or switches the tree any more.',
  },
  'tree.git-failed': {
    kind: 'environment',
    status: 502,
    remedy: 'Check the address and the network, then try again.',
  },
  'tree.git-slow': {
    kind: 'environment',
    status: 503,
    remedy:
      'Run “git status” in the folder of the tree, so that git remembers what it looked at; then try again.',
  },
  'tree.in-use': {
    kind: 'user',
    status: 409,
    remedy: 'Wait for its builds to end, or cancel them; then try again.',
  },
  'tree.no-previous': {
    kind: 'user',
    status: 409,
    remedy: 'A rollback needs an earlier update; see kiln tree list.',
  },
  'tree.no-tools': {
    kind: 'user',
    status: 400,
    remedy:
      'Name a staged toolchain, or the folder whose bin has the compilers: /opt/avr, not /opt/avr/bin.',
  },
  'tree.protected': {
    kind: 'user',
    status: 409,
    remedy: 'What came with Kiln stays; add and use another tree beside it.',
  },
  // The Configurator
  'configurator.invalid': {
    kind: 'user',
    status: 422,
    remedy: 'Name the folder that a build of QMK Configurator leaves: docs/configurator.md.',
  },
  'configurator.missing': {
    kind: 'user',
    status: 404,
    remedy: 'Add a built one with: kiln configurator add <folder>.',
  },
  // Keys and pairing
  'key.exists': {
    kind: 'user',
    status: 409,
    remedy: 'Choose another name, or revoke that key first: kiln keys revoke <name>.',
  },
  'key.unknown': { kind: 'user', status: 404, remedy: 'List the keys with: kiln keys ls.' },
  'key.invalid': {
    kind: 'user',
    status: 400,
    remedy: 'Compare the command with: kiln keys add --help.',
  },
  'key.too-many': {
    kind: 'user',
    status: 409,
    remedy: 'Revoke keys that nobody uses: kiln keys ls shows when each was used.',
  },
  'pairing.refused': {
    kind: 'user',
    status: 403,
    remedy: 'Look at the code again: kiln pair shows the one that holds, and until when.',
  },
  // Flashing
  'flash.image-invalid': {
    kind: 'user',
    status: 422,
    remedy: 'Build the keymap again, or download the file again: it is damaged or of another kind.',
  },
  'flash.image-mismatch': {
    kind: 'user',
    status: 409,
    remedy:
      'Choose the image for this keyboard. If you are certain, type the keyboard’s name to flash all the same.',
  },
  'flash.unsupported': {
    kind: 'user',
    status: 422,
    remedy: 'Look into docs/flashing.md for what can be done with each bootloader.',
  },
  'flash.mcu-needed': {
    kind: 'user',
    status: 422,
    remedy: 'Name the keyboard, or its processor: this bootloader does not tell.',
  },
  'flash.device-unknown': {
    kind: 'user',
    status: 404,
    remedy: 'List what is attached with: kiln devices.',
  },
  'flash.device-choice': {
    kind: 'user',
    status: 409,
    remedy: 'Choose one with --device, or unplug the others.',
  },
  'flash.no-bootloader': {
    kind: 'environment',
    status: 504,
    remedy: 'Put the keyboard into its bootloader, then try again; its firmware was not touched.',
  },
  'flash.permission': {
    kind: 'environment',
    status: 403,
    remedy: 'Install the rules with: kiln udev install, then plug the keyboard in again.',
  },
  'flash.busy': {
    kind: 'user',
    status: 409,
    remedy: 'Wait for the other flash run to end, or cancel it.',
  },
  'flash.run-unknown': {
    kind: 'user',
    status: 404,
    remedy: 'List the flash runs with GET /kiln/v1/flash-runs.',
  },
  'flash.not-now': {
    kind: 'user',
    status: 409,
    remedy: 'Wait for the step to end: to stop in it would leave the keyboard without firmware.',
  },
  'flash.canceled': {
    kind: 'cancelled',
    status: 409,
    remedy: 'Start it again when you are ready.',
  },
  'flash.failed': {
    kind: 'environment',
    status: 500,
    remedy: 'Put the keyboard into its bootloader and flash again; the log tells what went wrong.',
  },
  'flash.unconfirmed': {
    kind: 'environment',
    status: 500,
    remedy:
      'Unplug the keyboard, plug it in again and try its keys; if they do not work, flash again.',
  },
  'devices.unavailable': {
    kind: 'environment',
    status: 503,
    remedy: 'Run: kiln doctor. Attached devices cannot be looked at here.',
  },
  'udev.install-failed': {
    kind: 'environment',
    status: 500,
    remedy: 'Install the rules by hand: kiln udev prints them, with where they go.',
  },
  // The machine
  'toolchain.missing': {
    kind: 'environment',
    status: 500,
    remedy: 'Run: kiln doctor. It names each missing tool and how to get it.',
  },
  'toolchain.install-failed': {
    kind: 'environment',
    status: 500,
    remedy: 'Check the network or the package index, then run again: kiln toolchain install.',
  },
  'toolchain.manifest-invalid': {
    kind: 'user',
    status: 500,
    remedy: 'Mend resources/toolchain/manifest.json, or the names of components that were given.',
  },
  'toolchain.stage-failed': {
    kind: 'environment',
    status: 500,
    remedy: 'Look at what the program said, then run again: kiln toolchain stage.',
  },
  'toolchain.digest-differs': {
    kind: 'environment',
    status: 500,
    remedy:
      'Take the file out of the folder of downloads. If the publisher replaced it: kiln toolchain stage --update.',
  },
  'toolchain.bundle-broken': {
    kind: 'environment',
    status: 500,
    remedy: 'Run: kiln toolchain repair.',
  },
  'toolchain.not-packed': {
    kind: 'user',
    status: 409,
    remedy:
      'Install the package of Kiln again if the toolchain that it brought is damaged, or stage one anew with kiln toolchain stage.',
  },
  'update.off': {
    kind: 'user',
    status: 409,
    remedy:
      'Set KILN_UPDATE_FEED and KILN_UPDATE_KEY to look for updates, or ask where you got Kiln.',
  },
  'update.untrusted': {
    kind: 'environment',
    status: 502,
    remedy: 'Install nothing from there, and tell whoever publishes it.',
  },
  'update.busy': {
    kind: 'user',
    status: 409,
    remedy:
      'Wait until the build or the keyboard is done, then run again: kiln upgrade --download.',
  },
  'storage.full': {
    kind: 'environment',
    status: 507,
    remedy: 'Free disk space, or move Kiln’s data with KILN_DATA_DIR.',
  },
  'storage.unwritable': {
    kind: 'environment',
    status: 500,
    remedy: 'Give your account write access to the folder, or choose another with KILN_DATA_DIR.',
  },
  'storage.unreachable': {
    kind: 'environment',
    status: 503,
    remedy: 'Look whether the S3 service runs and S3_HOST is its address; then ask again.',
  },
  'storage.refused': {
    kind: 'environment',
    status: 500,
    remedy:
      'Check S3_ACCESS_KEY, S3_SECRET_KEY, S3_BUCKET and S3_LOCATION, and what the key is allowed to do.',
  },
  'storage.damaged': {
    kind: 'environment',
    status: 500,
    remedy: 'Build the keymap again; if it returns, check the storage of the S3 service.',
  },
  'database.newer': {
    kind: 'environment',
    status: 500,
    remedy: 'Install the newer Kiln again, or choose another data folder with KILN_DATA_DIR.',
  },
  'database.broken': {
    kind: 'environment',
    status: 500,
    remedy:
      'Keep the file for a report, move it aside and start again; finished images stay on disk.',
  },
  'backup.invalid': {
    kind: 'user',
    status: 422,
    remedy: 'Nothing was changed. Choose another backup; kiln backup --list shows those here.',
  },
  'backup.exists': {
    kind: 'user',
    status: 409,
    remedy: 'Name a folder that does not exist yet, or one to put the backup into.',
  },
  'backup.interrupted': {
    kind: 'environment',
    status: 500,
    remedy: 'Run the restore again: kiln restore <backup>.',
  },
  'service.draining': {
    kind: 'environment',
    status: 503,
    remedy: 'Ask again: another machine of the service answers.',
  },
  'service.data-in-use': {
    kind: 'user',
    status: 500,
    remedy: 'Stop the other service, or give this one its own folder with KILN_DATA_DIR.',
  },
  'service.port-in-use': {
    kind: 'user',
    status: 500,
    remedy: 'Stop the program that has the port, or choose another with --port.',
  },
  'service.lan-not-allowed': {
    kind: 'user',
    status: 500,
    remedy:
      'Start with --lan (KILN_LAN=tls; plain for no encryption) to let other machines in by key or pairing, or leave KILN_HOST out.',
  },
  'service.unreachable': {
    kind: 'environment',
    status: 502,
    remedy: 'Start it with: kiln serve.',
  },
  'service.not-started': {
    kind: 'environment',
    status: 500,
    remedy: 'Try again; the log says more.',
  },
  // The desktop's shell
  'shell.sender-refused': {
    kind: 'defect',
    status: 500,
    remedy: 'Only Kiln’s own page may ask the shell for something.',
  },
  'shell.message-invalid': {
    kind: 'defect',
    status: 500,
    remedy: 'This is a fault of Kiln. Please report it with the log.',
  },
  'shell.file-unreadable': {
    kind: 'user',
    status: 400,
    remedy: 'Choose a keymap file (JSON) that your account may read.',
  },
  'shell.file-unwritable': {
    kind: 'environment',
    status: 500,
    remedy: 'Save it to another place, or mend the folder’s permissions.',
  },
  'shell.link-refused': {
    kind: 'user',
    status: 400,
    remedy: 'Follow a link of the form kiln://keyboard/<name> or kiln://import?url=….',
  },
  'shell.address-refused': {
    kind: 'user',
    status: 403,
    remedy: 'Copy the address, and open it in a browser if you trust it.',
  },
  'shell.token-unknown': {
    kind: 'user',
    status: 401,
    remedy:
      'Start Kiln with the data folder of that service (KILN_DATA_DIR), or unset KILN_SERVICE_URL.',
  },
  'settings.fixed': {
    kind: 'user',
    status: 409,
    remedy: 'Change it where it is set, then start the service again; docs/settings.md says how.',
  },
  'settings.refused': {
    kind: 'user',
    status: 400,
    remedy: 'Choose a value that fits. Nothing was changed.',
  },
  'settings.invalid': {
    kind: 'user',
    status: 500,
    remedy: 'Mend the setting that the message names; docs/settings.md lists them all.',
  },
  'internal.defect': {
    kind: 'defect',
    status: 500,
    remedy: 'This is a fault of Kiln. Please report it with the log.',
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;

/** How an error travels: over HTTP, into a job row, out of `--json`. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly remedy: string;
  /** Extra facts by name, for programs: `{member, index, rule}` of a refusal, a path, a tool. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface KilnErrorOptions {
  readonly cause?: unknown;
  /** Replaces the registry's remedy where a more exact one is known. */
  readonly remedy?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error class of the program. `message` says what happened and why; `remedy` says what to do. */
export class KilnError extends Error {
  override readonly name = 'KilnError';
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: KilnErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy ?? ERRORS[code].remedy;
    this.details = options.details;
  }

  get kind(): ErrorKind {
    return ERRORS[this.code].kind;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  toReport(): ErrorReport {
    return {
      code: this.code,
      kind: this.kind,
      message: this.message,
      remedy: this.remedy,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** A report as it came from elsewhere, its code unchecked. */
interface ForeignReport {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The error that a report describes, as a service of this or another release sent it: an unknown code is a defect
 * with the sender's own words.
 */
export function errorFromReport(report: ForeignReport): KilnError {
  const code = Object.hasOwn(ERRORS, report.code) ? (report.code as ErrorCode) : 'internal.defect';
  return new KilnError(code, report.message, {
    remedy: report.remedy,
    ...(report.details === undefined ? {} : { details: report.details }),
  });
}

/** Node's `errno` name (`ENOENT`, `ENOSPC`, …) of a thrown value, if it has one. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error === 'object' && error !== null && 'code' in error) {
    return typeof error.code === 'string' ? error.code : undefined;
  }
  return undefined;
}

/**
 * Turns whatever was thrown into a `KilnError`: ours as it is, full disks and refused permissions by name,
 * the rest as a defect with its cause kept.
 */
export function toKilnError(error: unknown): KilnError {
  if (error instanceof KilnError) return error;
  const errno = errnoOf(error);
  const text = error instanceof Error ? error.message : String(error);
  if (errno === 'ENOSPC' || errno === 'EDQUOT' || errno === 'SQLITE_FULL') {
    return new KilnError('storage.full', `The disk is full: ${text}.`, { cause: error });
  }
  if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS' || errno === 'SQLITE_READONLY') {
    return new KilnError('storage.unwritable', `A file or folder cannot be written: ${text}.`, {
      cause: error,
    });
  }
  return new KilnError('internal.defect', `Something unexpected happened: ${text}`, {
    cause: error,
  });
}
