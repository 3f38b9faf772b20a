/** Bodies of Kiln's own routes: read by the strict parser that admission uses, then checked by the route's schema. */
import { z } from 'zod';
import { KilnError } from '../core/errors.ts';
import { parseStrictJson } from '../core/keymap/strict-json.ts';

/** The body as it came, described by the schema that `readBody` holds it to. */
export function bodySchema(schema: z.ZodType) {
  return z
    .custom<Uint8Array>((value) => value instanceof Uint8Array)
    .meta({ ...z.toJSONSchema(schema, { io: 'input' }) });
}

/** @throws KilnError `request.invalid-json`, `request.invalid` naming each member that breaks a rule */
export function readBody<Value>(schema: z.ZodType<Value>, body: Uint8Array): Value {
  const parsed = schema.safeParse(parseStrictJson(body));
  if (parsed.success) return parsed.data;
  const rules = parsed.error.issues.map(({ path, message }) => ({ at: path.join('.'), message }));
  throw new KilnError('request.invalid', 'The request’s body breaks a rule.', {
    details: { part: 'body', rules },
  });
}
