/** `kiln doctor`: can this machine do the main job? */
import { type Check, type CheckState, runChecks } from '../../core/doctor/checks.ts';
import { sandboxFor } from '../../worker/sandbox/create-sandbox.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { openKiln } from '../service/kiln.ts';

const MARKS: Readonly<Record<CheckState, string>> = { ok: '✓', warning: '!', failed: '✗' };

function describe({ state, name, message, remedy }: Check): string {
  const line = `${MARKS[state]} ${name.padEnd(22)} ${message}`;
  return remedy === undefined ? line : `${line}\n${' '.repeat(25)}${remedy}`;
}

function verdict(checks: readonly Check[]): string {
  const count = (wanted: CheckState) => checks.filter(({ state }) => state === wanted).length;
  if (count('failed') > 0) return 'This machine cannot build yet: mend what is marked ✗.';
  if (count('warning') > 0)
    return 'This machine can build with the starter tree; ! marks what else could be.';
  return 'Everything is in order.';
}

export async function doctorCommand(options: GlobalOptions): Promise<number> {
  const { settings, terminal, log } = createContext(options);
  const kiln = await openKiln(settings, { log, exclusive: false });
  try {
    const { toolchain, database, store } = kiln;
    const checks = await runChecks({
      settings,
      toolchain,
      database,
      store,
      trees: await kiln.trees.list(),
      sandbox: await sandboxFor(settings).status(),
    });
    const failed = checks.some(({ state }) => state === 'failed');
    for (const check of checks) terminal.line(describe(check));
    terminal.line(verdict(checks));
    terminal.result({ ok: !failed, checks });
    return failed ? EXIT.environment : EXIT.ok;
  } finally {
    await kiln.close();
  }
}
