/** `kiln pair`: the code that lets phones and other machines in, and `kiln token rotate`. */
import { readFile } from 'node:fs/promises';
import { spellCode } from '../../core/access/pairing-code.ts';
import { type ErrorReport, errorFromReport, KilnError } from '../../core/errors.ts';
import { dataPaths } from '../../core/settings.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { findService, readServiceFile } from '../service/find-service.ts';
import type { Terminal } from '../terminal.ts';
import { withKiln } from '../with-kiln.ts';

export interface PairOptions extends GlobalOptions {
  readonly hours?: string;
  readonly end?: boolean;
}

const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 12;
const MOST_HOURS = 168;

function hoursOf(text: string | undefined): number {
  const hours = text === undefined ? DEFAULT_HOURS : Number(text);
  if (hours > 0 && hours <= MOST_HOURS) return hours;
  throw new KilnError('key.invalid', `--hours takes a number of hours, at most ${MOST_HOURS}.`, {
    remedy: 'Compare the command with: kiln pair --help.',
  });
}

function sayWhere(terminal: Terminal, code: string, urls: readonly string[] | null): void {
  const [url] = urls ?? [];
  if (url === undefined) {
    terminal.line('No other machine reaches a service here. Start one with: kiln serve --lan');
    return;
  }
  terminal.line(`On a phone or another machine open ${url}/pair#${code}`);
  terminal.line(`A Configurator elsewhere is built with VITE_API_URL=${url}/p/${code}`);
}

export function pairCommand(options: PairOptions): Promise<number> {
  return withKiln(options, async ({ pairings, settings }, terminal) => {
    if (options.end) {
      await pairings.end();
      terminal.line('No pairing code holds any more, and every device that one let in is out.');
      terminal.result({ pairing: null });
      return;
    }
    const pairing = await pairings.begin(Math.round(hoursOf(options.hours) * HOUR_MS));
    const service = await readServiceFile(dataPaths(settings).service);
    const urls = service?.lan?.urls ?? null;
    const until = new Date(pairing.expiresAt).toLocaleString();
    terminal.line(`Pairing code: ${spellCode(pairing.code)}, until ${until}`);
    sayWhere(terminal, pairing.code, urls);
    const fingerprint = service?.lan?.fingerprint ?? null;
    if (fingerprint !== null) terminal.line(`Certificate (SHA-256): ${fingerprint}`);
    terminal.result({ pairing, urls, fingerprint });
  });
}

export async function tokenRotateCommand(options: GlobalOptions): Promise<number> {
  const { settings, terminal } = createContext(options);
  const { token: tokenFile } = dataPaths(settings);
  const url = await findService({ ...settings, serviceUrl: undefined });
  if (url === null) {
    throw new KilnError('service.unreachable', 'No service runs in this data folder.', {
      remedy: 'Nothing to do: the session token is a new one at each start.',
    });
  }
  const token = (await readFile(tokenFile, 'utf8')).trim();
  const response = await fetch(`${url}/kiln/v1/token/rotate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) {
    throw errorFromReport(((await response.json()) as { error: ErrorReport }).error);
  }
  terminal.line(`The old session token is refused from now on; the new one lies in ${tokenFile}`);
  terminal.result({ tokenFile });
  return EXIT.ok;
}
