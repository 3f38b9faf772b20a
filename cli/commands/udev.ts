/** `kiln udev`: the rules that let this account open keyboards in their bootloader. */
import { installUdevRules, udevStatus } from '../../flash/udev/install.ts';
import { RULES_FILE, udevRules } from '../../flash/udev/rules.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

/** Prints the rules on stdout, so that they can be piped; what to do with them goes to stderr. */
export async function udevCommand(options: GlobalOptions): Promise<number> {
  const { terminal } = createContext(options);
  const status = await udevStatus();
  const rules = udevRules();
  terminal.line(rules.trimEnd());
  terminal.status(
    status.missing.length === 0
      ? 'Every bootloader is allowed for already; nothing is to be done.'
      : `${status.missing.length} ids are not allowed for yet. Install the rules with: kiln udev install`,
  );
  terminal.result({ ...status, target: RULES_FILE, rules });
  return EXIT.ok;
}

export async function udevInstallCommand(options: GlobalOptions): Promise<number> {
  const { terminal } = createContext(options);
  await installUdevRules((line) => terminal.status(line));
  const { missing } = await udevStatus();
  terminal.line(`Installed ${RULES_FILE}. Plug keyboards in again that are attached.`);
  terminal.result({ target: RULES_FILE, missing });
  return EXIT.ok;
}
