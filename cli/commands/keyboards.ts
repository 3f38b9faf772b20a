/** `kiln keyboards [text]`: which keyboards a tree has. */
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { openKiln } from '../service/kiln.ts';

export interface KeyboardsOptions extends GlobalOptions {
  readonly tree?: string;
}

export async function keyboardsCommand(
  text: string | undefined,
  options: KeyboardsOptions,
): Promise<number> {
  const { settings, terminal, log } = createContext(options);
  const kiln = await openKiln(settings, { log, exclusive: false });
  try {
    const name = options.tree ?? (await kiln.trees.defaultTree()).name;
    const catalogue = await kiln.catalogues.forTree(name);
    const all = await catalogue.keyboards();
    const wanted = text?.toLowerCase() ?? '';
    const keyboards = all.filter((keyboard) => keyboard.toLowerCase().includes(wanted));
    for (const keyboard of keyboards) terminal.line(keyboard);
    if (keyboards.length === 0)
      terminal.status(`No keyboard of the tree ${name} has “${text}” in its name.`);
    terminal.result({ tree: name, keyboards });
    return EXIT.ok;
  } finally {
    await kiln.close();
  }
}
