/**
 * Tells systemd that the service is ready, lives, and stops (sd_notify). Node cannot send to a Unix datagram socket, so
 * systemd's own `systemd-notify` does.
 */
import { type SupervisorPlace, supervisorPlace } from '../../core/environment.ts';
import type { Logger } from '../../core/log.ts';
import { run } from '../../core/subprocess.ts';

export interface SupervisorLink {
  /** The unit counts as started, and the watchdog is fed from here on. */
  ready(status: string): Promise<void>;
  stopping(): Promise<void>;
}

export interface SupervisorOptions {
  readonly log: Logger;
  readonly cwd: string;
  /** Whether the service does its work; while it does not, the watchdog is not fed, and systemd starts it anew. */
  readonly isWell: () => Promise<boolean>;
  readonly place?: SupervisorPlace | null;
}

const NOBODY: SupervisorLink = { ready: async () => undefined, stopping: async () => undefined };

export function createSupervisorLink(options: SupervisorOptions): SupervisorLink {
  const { log, cwd, isWell, place = supervisorPlace() } = options;
  if (place === null) return NOBODY;
  let timer: NodeJS.Timeout | undefined;

  const notify = async (...words: readonly string[]): Promise<void> => {
    try {
      const { outcome, exitCode } = await run(
        'systemd-notify',
        [`--pid=${process.pid}`, ...words],
        {
          cwd,
          env: place.environment,
          timeoutMs: 10_000,
          maxOutputBytes: 4096,
        },
      );
      if (outcome !== 'exited' || exitCode !== 0) {
        log.warn({ outcome, exitCode }, 'systemd could not be told');
      }
    } catch (error) {
      log.warn({ err: error }, 'systemd could not be told: systemd-notify does not run');
    }
  };
  const feed = async (): Promise<void> => {
    if (await isWell().catch(() => false)) await notify('WATCHDOG=1');
    else log.error('the watchdog is not fed: the service does not do its work');
  };

  return {
    async ready(status) {
      await notify('--ready', `--status=${status}`);
      // Twice in the time that systemd waits, as its manual says.
      if (place.watchdogMs !== null) timer = setInterval(() => void feed(), place.watchdogMs / 2);
    },
    async stopping() {
      clearInterval(timer);
      await notify('STOPPING=1');
    },
  };
}
