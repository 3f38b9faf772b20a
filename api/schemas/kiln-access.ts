/** API keys, pairing and the session token, as Kiln's own clients see them. */
import { z } from 'zod';
import { KEY_NAME, SCOPES } from '../../core/access/contract.ts';

const time = z.int().describe('Milliseconds since the epoch');
const name = z.string().regex(KEY_NAME).describe('1 to 40 letters, digits, spaces and . _ -');
const scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length);

export const apiKeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    origin: z.string().nullable().describe('The one web origin whose pages may send it'),
    paired: z.boolean().describe('Came in by the pairing code, and goes with it'),
    createdAt: time,
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable().describe('Up to half a minute late'),
    uses: z.int(),
  })
  .meta({ id: 'ApiKey' });

export const keyListSchema = z.object({ keys: z.array(apiKeySchema) }).meta({ id: 'ApiKeys' });

export const issuedKeySchema = z
  .object({ key: apiKeySchema, secret: z.string().describe('Shown this once') })
  .meta({ id: 'IssuedKey' });

export const newKeyBody = z.strictObject({
  name,
  scopes: scopes.default(['compile']),
  origin: z
    .url({ protocol: /^https?$/ })
    .refine((text) => new URL(text).origin === text, 'has to be a web origin')
    .optional(),
  expiresAt: time.optional(),
});

export const keyParamsSchema = z.object({ name });

export const pairBody = z.strictObject({
  code: z.string().max(40).describe('As it was read out; case, spaces and dashes do not matter'),
  name: name.default('device').describe('What the list of keys calls the device'),
});

export const pairedSchema = z
  .object({ name: z.string(), secret: z.string(), expiresAt: time })
  .meta({ id: 'Paired' });

export const pairingBody = z.strictObject({
  hours: z.number().positive().max(168).default(12).describe('How long a new code holds'),
});

export const pairingSchema = z
  .object({
    pairing: z
      .object({ code: z.string(), createdAt: time, expiresAt: time })
      .nullable()
      .describe('Null while there is no code that holds'),
  })
  .meta({ id: 'Pairing' });

export const tokenSchema = z
  .object({ token: z.string().describe('The one before is refused from now on') })
  .meta({ id: 'SessionToken' });
