/** `kiln configurator …`: the built QMK Configurator that the service hands out. */
import { resolve } from 'node:path';
import { inspectBuild } from '../../core/configurator/build.ts';
import {
  type ConfiguratorRecord,
  readRecord,
  removeRecord,
  writeRecord,
} from '../../core/configurator/record.ts';
import { dataPaths, type Settings } from '../../core/settings.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { findService } from '../service/find-service.ts';

export interface ConfiguratorAddOptions extends GlobalOptions {
  readonly apiUrl?: string;
  readonly keyboardsUrl?: string;
}

/** Where to open it, if a service runs in this data folder; one elsewhere does not see what was added here. */
async function addressOf(settings: Settings): Promise<string | null> {
  const url = await findService({ ...settings, serviceUrl: undefined });
  return url === null ? null : `${url}/configurator/`;
}

function sayWhere(address: string | null): string {
  return address === null ? 'Next: kiln serve, then open /configurator/ there.' : `Open ${address}`;
}

export async function configuratorAddCommand(
  folder: string,
  { apiUrl, keyboardsUrl, ...options }: ConfiguratorAddOptions,
): Promise<number> {
  const { settings, terminal } = createContext(options);
  const record: ConfiguratorRecord = {
    folder: resolve(folder),
    ...(apiUrl === undefined ? {} : { apiUrl }),
    ...(keyboardsUrl === undefined ? {} : { keyboardsUrl }),
  };
  const { bases } = await inspectBuild(record);
  await writeRecord(dataPaths(settings).configurator, record);
  const address = await addressOf(settings);
  terminal.line(`Added the Configurator of ${record.folder}, which stays as it is.`);
  terminal.line(`Built for ${describe(bases.api)} and ${describe(bases.keyboards)}.`);
  terminal.line(sayWhere(address));
  terminal.result({ configurator: { ...record, builtFor: bases }, address });
  return EXIT.ok;
}

function describe(base: string): string {
  return base === '' ? 'its own origin' : base;
}

export async function configuratorShowCommand(options: GlobalOptions): Promise<number> {
  const { settings, terminal } = createContext(options);
  const record = await readRecord(dataPaths(settings).configurator);
  if (record === null) {
    terminal.line('No Configurator was added. Add a built one: kiln configurator add <folder>');
    terminal.result({ configurator: null, address: null });
    return EXIT.ok;
  }
  const { bases } = await inspectBuild(record);
  const address = await addressOf(settings);
  terminal.line(`Configurator of ${record.folder}`);
  terminal.line(`Built for ${describe(bases.api)} and ${describe(bases.keyboards)}.`);
  terminal.line(sayWhere(address));
  terminal.result({ configurator: { ...record, builtFor: bases }, address });
  return EXIT.ok;
}

export async function configuratorRemoveCommand(options: GlobalOptions): Promise<number> {
  const { settings, terminal } = createContext(options);
  await removeRecord(dataPaths(settings).configurator);
  terminal.line('No Configurator is handed out any more; its folder stays as it is.');
  terminal.result({ configurator: null });
  return EXIT.ok;
}
