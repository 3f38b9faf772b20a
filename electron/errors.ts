/**
 * Errors of the shell. Their codes are in the registry of `core/errors.ts`, of which the shell takes types only; a test
 * holds the remedies here against those there.
 */
import type { ErrorCode } from '../core/errors.ts';

export const REMEDIES = {
  'shell.sender-refused': 'Only Kiln’s own page may ask the shell for something.',
  'shell.message-invalid': 'This is a fault of Kiln. Please report it with the log.',
  'shell.file-unreadable': 'Choose a keymap file (JSON) that your account may read.',
  'shell.file-unwritable': 'Save it to another place, or mend the folder’s permissions.',
  'shell.link-refused': 'Follow a link of the form kiln://keyboard/<name> or kiln://import?url=….',
  'shell.address-refused': 'Copy the address, and open it in a browser if you trust it.',
  'shell.token-unknown':
    'Start Kiln with the data folder of that service (KILN_DATA_DIR), or unset KILN_SERVICE_URL.',
  'service.unreachable': 'Start it with: kiln serve.',
  'service.not-started': 'Try again; the log says more.',
} as const satisfies Partial<Record<ErrorCode, string>>;

export type ShellErrorCode = keyof typeof REMEDIES;

/** `message` says what happened and why; `remedy` what to do. */
export class ShellError extends Error {
  override readonly name = 'ShellError';
  readonly code: ShellErrorCode;
  readonly remedy: string;

  constructor(code: ShellErrorCode, message: string, remedy: string = REMEDIES[code]) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** One line for a log or a page: what happened, what to do, and the code to look up. */
export function describe(error: unknown): string {
  if (error instanceof ShellError) return `${error.message} ${error.remedy} [${error.code}]`;
  return error instanceof Error ? error.message : String(error);
}
