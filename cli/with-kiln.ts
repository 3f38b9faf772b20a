/** For commands that need Kiln's parts on the data folder, beside a service that may work in it. */
import { createContext, type GlobalOptions } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type Kiln, openKiln } from './service/kiln.ts';
import type { Terminal } from './terminal.ts';

/** Opens Kiln, does the work, and closes it whatever happened. @returns the exit code of a success */
export async function withKiln(
  options: GlobalOptions,
  work: (kiln: Kiln, terminal: Terminal) => Promise<void>,
): Promise<number> {
  const { settings, terminal, log } = createContext(options);
  const kiln = await openKiln(settings, { log, exclusive: false });
  try {
    await work(kiln, terminal);
    return EXIT.ok;
  } finally {
    terminal.clearStatus();
    await kiln.close();
  }
}
