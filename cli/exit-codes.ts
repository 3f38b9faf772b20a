/** What the process ends with; docs/cli.md lists them. */
import type { KilnError } from '../core/errors.ts';

export const EXIT = {
  ok: 0,
  /** A fault of Kiln. */
  defect: 1,
  /** The command, its input or a setting has to change. */
  user: 2,
  /** The machine has to change: a missing compiler, a full disk. */
  environment: 3,
  /** The keymap was built and did not compile. */
  compileFailed: 4,
  canceled: 130,
} as const;

export function exitCodeOf(error: KilnError): number {
  switch (error.kind) {
    case 'user':
      return EXIT.user;
    case 'environment':
      return EXIT.environment;
    case 'cancelled':
      return EXIT.canceled;
    case 'defect':
      return EXIT.defect;
  }
}
