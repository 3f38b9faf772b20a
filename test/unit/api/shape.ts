/** Compares answers with the shapes of `test/golden/api`; its README says how they are written. */

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Texts that mean more than their letters. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  'a date of the static files': /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT$/,
  'a USB id': /^0x[0-9A-F]{4}$/i,
  'a job id': /^[0-9a-f]{32}$/,
  'a version': /^\d+\.\d+\.\d+$/,
};
const OPEN = '…';
const ANY_MEMBER = /^<(.+)>(\?)?$/;

/** What is wrong with a value, each with its place; empty when it has the shape. */
export function differences(value: unknown, shape: Json, place = 'answer'): string[] {
  if (typeof shape === 'string') return textDifferences(value, shape, place);
  if (shape === null || typeof shape !== 'object') {
    const [is, should] = [kindOf(value), kindOf(shape)];
    return is === should ? [] : [`${place} is ${is}, not ${should}`];
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${place} is ${kindOf(value)}, not a list`];
    const [sample] = shape as readonly Json[];
    if (sample === undefined) return [];
    if (value.length === 0) return [`${place} is empty`];
    return value.flatMap((item, index) => differences(item, sample, `${place}[${index}]`));
  }
  if (kindOf(value) !== 'object') return [`${place} is ${kindOf(value)}, not an object`];
  return memberDifferences(value as Record<string, unknown>, shape as Record<string, Json>, place);
}

function textDifferences(value: unknown, shape: string, place: string): string[] {
  if (typeof value !== 'string') return [`${place} is ${kindOf(value)}, not a text`];
  if (shape.startsWith('=')) return value === shape.slice(1) ? [] : [`${place} says: ${value}`];
  return formatDifferences(value, shape, place);
}

function formatDifferences(value: string, sample: string, place: string): string[] {
  return Object.entries(FORMATS)
    .filter(([, format]) => format.test(sample) && !format.test(value))
    .map(([name]) => `${place} is no ${name}: ${value}`);
}

function memberDifferences(
  value: Record<string, unknown>,
  shape: Record<string, Json>,
  place: string,
): string[] {
  const found: string[] = [];
  const rest = new Set(Object.keys(value));
  let others: readonly [name: string, shape: Json, optional: boolean] | null = null;
  for (const [key, member] of Object.entries(shape)) {
    const any = ANY_MEMBER.exec(key);
    if (any !== null) others = [any[1] ?? '', member, any[2] !== undefined];
    if (any !== null || key === OPEN) continue;
    const name = key.replace(/\?$/, '');
    if (rest.delete(name)) found.push(...differences(value[name], member, `${place}.${name}`));
    else if (!key.endsWith('?')) found.push(`${place}.${name} is missing`);
  }
  if (others !== null) {
    const [kind, member, optional] = others;
    if (rest.size === 0 && !optional) found.push(`${place} has no ${kind}`);
    for (const name of rest) {
      found.push(...formatDifferences(name, kind.split(' ').at(-1) ?? '', `${place}.${name}`));
      found.push(...differences(value[name], member, `${place}.${name}`));
    }
  } else if (!Object.hasOwn(shape, OPEN)) {
    for (const name of rest) found.push(`${place}.${name} is unknown to the contract`);
  }
  return found;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}
