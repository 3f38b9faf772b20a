/** The scripts of the hosted service's operators, by their names there: each is a command here, and says which. */

const OLD_NAMES: Readonly<Record<string, readonly string[]>> = {
  ls_jobs: ['jobs', 'ls'],
  ip_jobs: ['jobs', 'by-client'],
  cancel_job: ['jobs', 'cancel'],
  flush_queue: ['jobs', 'flush'],
  test_keyboard: ['test-keyboard'],
  trigger_update: ['update', '--now'],
  update_kb_redis: ['catalogue', 'refresh'],
};

/**
 * @param say is told what the command is called here, when an old name was used.
 * @returns the arguments in Kiln's own words.
 */
export function inOwnWords(
  argv: readonly string[],
  say: (text: string) => void,
): readonly string[] {
  const [name = '', ...rest] = argv;
  const words = Object.hasOwn(OLD_NAMES, name) ? OLD_NAMES[name] : undefined;
  if (words === undefined) return argv;
  say(`${name} is called here: kiln ${words.join(' ')}`);
  return [...words, ...rest];
}
