/** `kiln serve`: the service, until it is told to end. */
import { join } from 'node:path';
import type { LanDoor } from '../../api/server.ts';
import { createLogger } from '../../core/log.ts';
import { dataPaths, loadSettings, type Settings } from '../../core/settings.ts';
import type { GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { createSupervisorLink } from '../service/notify-supervisor.ts';
import { startService } from '../service/service.ts';
import { stopHeapGrowth } from '../service/small-heap.ts';
import { startWorkerHost } from '../service/worker-host.ts';
import { createTerminal, type Terminal } from '../terminal.ts';

export interface ServeOptions extends GlobalOptions {
  readonly host?: string;
  readonly port?: string;
  readonly workers?: string;
  readonly role?: string;
  /** True for `--lan` without a mode. */
  readonly lan?: string | true;
  /** The end of the input stops it as a signal does. */
  readonly stopWithInput?: boolean;
}

/**
 * Resolves at the first signal, or at the end of the input; a second signal ends the process at once. Whoever starts
 * the service holds the other end of its input, so that the service ends with them however they end; and Windows has
 * no signal that asks politely.
 */
function untilToldToStop(withInput: boolean): Promise<NodeJS.Signals | 'end of input'> {
  return new Promise((resolve) => {
    if (withInput) {
      process.stdin.once('end', () => resolve('end of input'));
      process.stdin.resume();
      // An input that stays open must not hold a service that could not start, or was stopped otherwise.
      if ('unref' in process.stdin) process.stdin.unref();
    }
    const signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];
    for (const signal of signals) {
      process.once(signal, () => {
        for (const other of signals) process.once(other, () => process.exit(EXIT.canceled));
        resolve(signal);
      });
    }
  });
}

function sayLan(terminal: Terminal, { access }: Settings, lan: LanDoor | null): void {
  if (lan === null) return;
  const [url = 'an address that this machine gets later'] = lan.urls;
  terminal.line(`Other machines reach it at ${url}`);
  if (lan.fingerprint !== null) terminal.line(`Certificate (SHA-256): ${lan.fingerprint}`);
  else terminal.line('Warning: nothing is encrypted; everybody on the network can read along.');
  terminal.line(
    access === 'open'
      ? 'Warning: every machine that reaches it may build (KILN_ACCESS=open).'
      : 'To let one in: kiln pair',
  );
}

export async function serveCommand(options: ServeOptions): Promise<number> {
  stopHeapGrowth();
  const { host, port, workers, role } = options;
  const lan = options.lan === true ? 'tls' : options.lan;
  const settings = loadSettings({ host, port, workers, lan, role });
  const terminal = createTerminal({ json: options.json ?? false });
  // On a terminal the log would bury what a person reads there; under a supervisor stderr is the log.
  const logFile = process.stderr.isTTY ? join(dataPaths(settings).logs, 'kiln.log') : undefined;
  const log = createLogger({
    level: settings.logLevel,
    name: 'service',
    ...(logFile === undefined ? {} : { destination: logFile }),
  });
  const stopped = untilToldToStop(options.stopWithInput ?? false);
  if (settings.role === 'worker') {
    const worker = await startWorkerHost(settings, log, logFile);
    terminal.line(`Kiln builds for others as ${worker.hostId}`);
    terminal.result({ hostId: worker.hostId, pid: process.pid });
    log.info({ told: await stopped }, 'stopping');
    await worker.stop();
    return EXIT.ok;
  }
  const service = await startService(settings, log, logFile);
  const supervisor = createSupervisorLink({ log, cwd: settings.dataDir, isWell: service.isWell });
  terminal.line(`Kiln answers at ${service.address.url}`);
  terminal.line('Its window: kiln open');
  terminal.line(`Session token: ${service.address.tokenFile}`);
  sayLan(terminal, settings, service.address.lan);
  if (logFile !== undefined) terminal.line(`Log: ${logFile}`);
  terminal.result(service.address);
  await supervisor.ready(`Answers at ${service.address.url}`);
  const lost = service.databaseLost.then(() => 'a database that is gone' as const);
  const told = await Promise.race([stopped, lost]);
  await supervisor.stopping();
  log.info({ told }, 'stopping');
  terminal.status('Stopping; builds in hand go back to the queue');
  await service.stop();
  terminal.clearStatus();
  if (told !== 'a database that is gone') return EXIT.ok;
  terminal.line(
    'The database was deleted while Kiln worked. It is written back: start Kiln again.',
  );
  return EXIT.environment;
}
