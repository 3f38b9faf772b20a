/** `kiln toolchain …`: the programs that builds need. */

import { dataPaths } from '../../core/settings.ts';
import { installPython } from '../../core/toolchain/install-python.ts';
import { createToolchain } from '../../core/toolchain/toolchain.ts';
import { TOOLS, type ToolName, toolRemedy } from '../../core/toolchain/tools.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

export interface InstallOptions extends GlobalOptions {
  readonly force?: boolean;
}

export async function toolchainInstallCommand(options: InstallOptions): Promise<number> {
  const { settings, terminal } = createContext(options);
  const toolchain = createToolchain(settings, dataPaths(settings));
  const installed = await installPython({
    toolchain,
    onLine: (line) => terminal.status(line),
    force: options.force ?? false,
  });
  terminal.clearStatus();
  const what = installed ? 'Installed' : 'Nothing to do:';
  terminal.line(`${what} the qmk command line in ${toolchain.pythonFolder}`);
  terminal.result({ installed, folder: toolchain.pythonFolder });
  return EXIT.ok;
}

/** Where no service runs, or beside it: one of the two unpacks, the other waits. */
export async function toolchainRepairCommand(options: GlobalOptions): Promise<number> {
  const { settings, terminal } = createContext(options);
  const { repairToolchain } = await import('../../core/toolchain/pack.ts');
  const { folder, written } = await repairToolchain(settings, dataPaths(settings), {
    onProgress: (share) => terminal.status(`Unpacking the toolchain: ${Math.floor(share * 100)} %`),
  });
  terminal.clearStatus();
  const what =
    written.length === 0 ? 'Nothing to do: all is whole' : `Wrote ${written.length} files`;
  terminal.line(`${what} in ${folder}`);
  terminal.result({ folder, written });
  return EXIT.ok;
}

export async function toolchainListCommand(options: GlobalOptions): Promise<number> {
  const { settings, terminal } = createContext(options);
  const toolchain = createToolchain(settings, dataPaths(settings));
  const tools = await Promise.all(
    (Object.keys(TOOLS) as ToolName[]).map(async (name) => ({
      command: TOOLS[name].command,
      file: toolchain.find(name)?.file ?? null,
      version: await toolchain.version(name),
      remedy: toolRemedy(name),
    })),
  );
  for (const { command, file, version, remedy } of tools) {
    terminal.line(
      `${command.padEnd(22)} ${file === null ? `missing. ${remedy}` : `${version} (${file})`}`,
    );
  }
  terminal.result({ tools });
  return EXIT.ok;
}
