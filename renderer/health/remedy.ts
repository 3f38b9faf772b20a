/** The command that a remedy says to run. Pure. */

/** After a colon: from a program's name to the end of the sentence, or to what is added in brackets. */
const COMMAND = /: ((?:sudo|kiln|npx kiln|apt-get|brew|dnf|npm) [^(]*?)\.?(?: \(.*\)\.?)?$/;

/** Null when the remedy asks for something else than a command. */
export function commandIn(remedy: string): string | null {
  return COMMAND.exec(remedy.trim())?.[1]?.trim() ?? null;
}
