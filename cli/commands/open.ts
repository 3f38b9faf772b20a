/** `kiln open`: the window, in the person's browser. */
import { readFile } from 'node:fs/promises';
import { browserEnvironment } from '../../core/environment.ts';
import { type ErrorReport, errorFromReport, KilnError } from '../../core/errors.ts';
import { dataPaths, type Settings } from '../../core/settings.ts';
import { run } from '../../core/subprocess.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { findService } from '../service/find-service.ts';

export interface OpenOptions extends GlobalOptions {
  readonly print?: boolean;
}

/** What opens an address on each system; none where there is no desktop. */
function opener(address: string): readonly [string, readonly string[]] | null {
  if (process.platform === 'darwin') return ['open', [address]];
  if (process.platform === 'win32') return ['explorer', [address]];
  const { DISPLAY, WAYLAND_DISPLAY } = browserEnvironment();
  return DISPLAY === undefined && WAYLAND_DISPLAY === undefined ? null : ['xdg-open', [address]];
}

async function askForCode(url: string, tokenFile: string): Promise<string> {
  const token = (await readFile(tokenFile, 'utf8')).trim();
  const response = await fetch(`${url}/kiln/v1/session-codes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) {
    throw errorFromReport(((await response.json()) as { error: ErrorReport }).error);
  }
  return ((await response.json()) as { readonly code: string }).code;
}

/** The window's name on this machine is localhost; at the others pages of the Configurator live. */
function addressOf(url: string, code: string): string {
  const address = new URL('/app/', url);
  if (['127.0.0.1', '[::1]'].includes(address.hostname)) address.hostname = 'localhost';
  address.hash = `code=${code}`;
  return address.href;
}

async function isOpened(address: string): Promise<boolean> {
  const program = opener(address);
  if (program === null) return false;
  const [file, args] = program;
  const { exitCode } = await run(file, args, {
    cwd: process.cwd(),
    env: browserEnvironment(),
    timeoutMs: 20_000,
    maxOutputBytes: 16 * 1024,
  });
  // Explorer answers 1 when it has opened something.
  return exitCode === 0 || process.platform === 'win32';
}

/** @throws KilnError `service.unreachable` when no service runs in the data folder */
async function runningService(settings: Settings): Promise<string> {
  // A service of another machine has a window of its own there.
  const url = await findService({ ...settings, serviceUrl: undefined });
  if (url === null) {
    throw new KilnError('service.unreachable', 'No Kiln service runs in this data folder.');
  }
  return url;
}

export async function openCommand(options: OpenOptions): Promise<number> {
  const { settings, terminal } = createContext(options);
  const url = await runningService(settings);
  const code = await askForCode(url, dataPaths(settings).token);
  const address = addressOf(url, code);
  const opened = options.print !== true && options.json !== true && (await isOpened(address));
  terminal.line(
    opened
      ? 'Opened Kiln in your browser.'
      : `Open this address; it works once, for ten minutes: ${address}`,
  );
  terminal.result({ url: address });
  return EXIT.ok;
}
