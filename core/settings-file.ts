/**
 * Changes settings in `settings.json`, for the next start. Only those that a person may want otherwise and that open nothing:
 * who else reaches the service, how builds are contained and where files lie is written into the file by hand.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { errnoOf, KilnError, toKilnError } from './errors.ts';
import {
  loadSettings,
  SETTINGS,
  type SettingName,
  type Settings,
  settingsOfEnvironment,
} from './settings.ts';
import { writeAtomically } from './storage/atomic-write.ts';

export const CHANGEABLE = [
  'port',
  'workers',
  'jobTimeoutSeconds',
  'storageTimeHours',
  'planCacheMebibytes',
  'importHosts',
  'treeUpdates',
  'maintenanceAt',
  'backupsKept',
  'testBuilds',
  'logLevel',
] as const satisfies readonly SettingName[];

export type SettingValue = string | number | boolean | readonly string[];

/** What a value looks like, for whoever draws a field for it. */
export interface SettingForm {
  readonly kind: 'choice' | 'integer' | 'number' | 'list' | 'text' | 'toggle';
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

export interface SettingChange {
  readonly form: SettingForm;
  /** What the next start takes; null while the file cannot be read. */
  readonly next: SettingValue | null;
  /** What holds when neither the file nor a variable says otherwise. */
  readonly standard: SettingValue | null;
  readonly isInFile: boolean;
  /** What wins over the file, and so keeps the setting as it is. */
  readonly fixedBy: 'environment' | 'command-line' | null;
}

export interface SettingsFile {
  readonly file: string;
  /** Why the file cannot be read, or the next start would refuse it; null while all is well. */
  problem(): KilnError | null;
  /** By the setting's name, for those that can be changed. */
  changes(): ReadonlyMap<string, SettingChange>;
  /**
   * Writes values into the file; null takes one out of it. All of it or nothing.
   * @throws KilnError `settings.fixed`, `settings.refused`, `settings.invalid` for a file that was broken before, `storage.*`
   */
  change(values: Readonly<Record<string, SettingValue | null>>): Promise<void>;
}

function formOf(name: SettingName): SettingForm {
  const json = z.toJSONSchema(SETTINGS[name].schema, { io: 'input', unrepresentable: 'any' });
  if (json.enum !== undefined) return { kind: 'choice', choices: json.enum.map(String) };
  if (json.anyOf !== undefined) return { kind: 'list' };
  if (json.type === 'boolean') return { kind: 'toggle' };
  if (json.type !== 'integer' && json.type !== 'number') return { kind: 'text' };
  const { minimum: min, maximum: max } = json;
  return {
    kind: json.type,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

/** @returns null for what has no default */
function standardOf(name: SettingName): SettingValue | null {
  return (SETTINGS[name].schema.safeParse(undefined).data as SettingValue | undefined) ?? null;
}

function readObject(file: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return {};
    throw new KilnError('settings.invalid', `The settings file ${file} is not a JSON object.`, {
      cause: error,
    });
  }
}

/**
 * @param settings as this process was started with.
 * @param environment the process's environment.
 */
export function createSettingsFile(
  settings: Settings,
  environment?: NodeJS.ProcessEnv,
): SettingsFile {
  const file = join(settings.dataDir, 'settings.json');
  const ofEnvironment = settingsOfEnvironment(environment);
  const load = (): Settings => loadSettings({ dataDir: settings.dataDir }, environment);
  const tryToLoad = (): { readonly next: Settings | null; readonly problem: KilnError | null } => {
    try {
      return { next: load(), problem: null };
    } catch (error) {
      return { next: null, problem: toKilnError(error) };
    }
  };
  // What file and variables said at the start: what runs otherwise came from the command line.
  const atStart = tryToLoad().next;

  const fixedBy = (name: SettingName): SettingChange['fixedBy'] => {
    if (atStart !== null && !isDeepStrictEqual(settings[name], atStart[name]))
      return 'command-line';
    return Object.hasOwn(ofEnvironment, name) ? 'environment' : null;
  };

  /** @throws KilnError `settings.fixed`, `settings.refused` */
  const check = (name: string, value: SettingValue | null): void => {
    const known = CHANGEABLE.find((each) => each === name);
    const details = { name };
    if (known === undefined) {
      throw new KilnError('settings.fixed', `${name} is changed in ${file} alone.`, { details });
    }
    const { variable, schema } = SETTINGS[known];
    const winner = fixedBy(known);
    if (winner !== null) {
      const how =
        winner === 'environment'
          ? `by ${variable} in the service’s environment`
          : 'by the command line of the service';
      throw new KilnError('settings.fixed', `${name} is set ${how}, which wins over the file.`, {
        details,
      });
    }
    const problem = value === null ? undefined : schema.safeParse(value).error?.issues[0]?.message;
    if (problem !== undefined) {
      throw new KilnError('settings.refused', `${name} ${problem}.`, { details });
    }
  };

  let writing: Promise<unknown> = Promise.resolve();
  const write = async (values: Readonly<Record<string, SettingValue | null>>): Promise<void> => {
    if (Object.keys(values).length === 0) return;
    for (const [name, value] of Object.entries(values)) check(name, value);
    const { problem } = tryToLoad();
    if (problem !== null) throw problem;
    const kept = { ...readObject(file), ...values };
    const text = JSON.stringify(
      Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== null)),
      null,
      2,
    );
    await writeAtomically(dirname(file), 'settings.json', `${text}\n`, 0o600);
  };

  return {
    file,
    problem: () => tryToLoad().problem,
    changes() {
      const { next } = tryToLoad();
      const inFile = next === null ? {} : readObject(file);
      return new Map(
        CHANGEABLE.map((name) => [
          name,
          {
            form: formOf(name),
            next: next?.[name] ?? null,
            standard: standardOf(name),
            isInFile: Object.hasOwn(inFile, name),
            fixedBy: fixedBy(name),
          },
        ]),
      );
    },
    change(values) {
      const mine = writing.then(() => write(values));
      writing = mine.catch(() => undefined);
      return mine;
    },
  };
}
