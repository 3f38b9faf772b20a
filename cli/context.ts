/** What every command starts from. */
import { createLogger, type Logger } from '../core/log.ts';
import { loadSettings, type Settings, type SettingsInput } from '../core/settings.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
}

export interface CommandContext {
  readonly terminal: Terminal;
  readonly settings: Settings;
  /** Quiet: commands speak through the terminal, the log is for what nobody expects. */
  readonly log: Logger;
}

/** @throws KilnError `settings.invalid` */
export function createContext(options: GlobalOptions, flags: SettingsInput = {}): CommandContext {
  const settings = loadSettings(flags);
  return {
    terminal: createTerminal({ json: options.json ?? false }),
    settings,
    log: createLogger({
      level: settings.logLevel === 'info' ? 'error' : settings.logLevel,
      name: 'cli',
    }),
  };
}
