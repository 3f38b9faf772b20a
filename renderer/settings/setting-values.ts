/** Settings of the service between what a field holds, which is text, and what the service takes. */
import type { Schema } from '../api/client.ts';

export type Setting = Schema<'ServiceSettings'>['settings'][number];
export type Change = NonNullable<Setting['change']>;
export type ChangeableSetting = Setting & { readonly change: Change };
type Value = Change['next'];

/** Those with words of their own; others that the service lets change are left to the file. */
export const NAMES = [
  'workers',
  'jobTimeoutSeconds',
  'storageTimeHours',
  'planCacheMebibytes',
  'port',
  'importHosts',
  'treeUpdates',
  'maintenanceAt',
  'backupsKept',
  'testBuilds',
  'logLevel',
] as const;
export type Name = (typeof NAMES)[number];

/** In the order of the page. */
export function changeable(
  settings: readonly Setting[],
): readonly (readonly [Name, ChangeableSetting])[] {
  return NAMES.flatMap((name) => {
    const setting = settings.find((each) => each.name === name);
    return setting === undefined || setting.change === null
      ? []
      : [[name, { ...setting, change: setting.change }] as const];
  });
}

/** As a field shows it. */
export function textOf(value: Value): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}

/** What was typed, for the service; an empty field is the default. Whether it fits is the service's to say. */
export function takenFrom(text: string, { kind }: Change['form']): Value {
  const plain = text.trim();
  if (plain === '') return null;
  const isNumber = kind === 'integer' || kind === 'number';
  return isNumber && Number.isFinite(Number(plain)) ? Number(plain) : plain;
}

/** Whether the next start takes something else than what the service works with now. */
export function isPending({ value, change }: ChangeableSetting): boolean {
  return change.fixedBy === null && change.next !== null && textOf(change.next) !== textOf(value);
}
