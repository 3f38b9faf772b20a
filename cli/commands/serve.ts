/** `kiln serve`: the service, until it is told to end. */
import { join } from 'node:path';
import { createLogger } from '../../core/log.ts';
import { dataPaths, loadSettings } from '../../core/settings.ts';
import type { GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { startService } from '../service/service.ts';
import { createTerminal } from '../terminal.ts';

export interface ServeOptions extends GlobalOptions {
  readonly host?: string;
  readonly port?: string;
  readonly workers?: string;
}

/** Resolves at the first signal; a second one ends the process at once. */
function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];
    for (const signal of signals) {
      process.once(signal, () => {
        for (const other of signals) process.once(other, () => process.exit(EXIT.canceled));
        resolve(signal);
      });
    }
  });
}

export async function serveCommand(options: ServeOptions): Promise<number> {
  const { host, port, workers } = options;
  const settings = loadSettings({ host, port, workers });
  const terminal = createTerminal({ json: options.json ?? false });
  // On a terminal the log would bury what a person reads there; under a supervisor stderr is the log.
  const logFile = process.stderr.isTTY ? join(dataPaths(settings).logs, 'kiln.log') : undefined;
  const log = createLogger({
    level: settings.logLevel,
    name: 'service',
    ...(logFile === undefined ? {} : { destination: logFile }),
  });
  const stopped = untilSignal();
  const service = await startService(settings, log, logFile);
  terminal.line(`Kiln answers at ${service.address.url}`);
  terminal.line(`Session token: ${service.address.tokenFile}`);
  if (logFile !== undefined) terminal.line(`Log: ${logFile}`);
  terminal.result(service.address);
  const signal = await stopped;
  log.info({ signal }, 'stopping');
  terminal.status('Stopping; builds in hand go back to the queue');
  await service.stop();
  terminal.clearStatus();
  return EXIT.ok;
}
