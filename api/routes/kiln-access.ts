/** `/kiln/v1/keys`, `/kiln/v1/pair…` and `/kiln/v1/token…`: who may use the service. */
import type { FastifyReply } from 'fastify';
import type { ApiKey } from '../../core/access/contract.ts';
import { KilnError } from '../../core/errors.ts';
import { connectionOf } from '../address.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { bodySchema, readBody } from '../json-input.ts';
import { pairedCookie, pairedCookieOf } from '../paired-cookie.ts';
import { isPairingCode } from '../plugins/caller.ts';
import { requireJson } from '../plugins/json-body.ts';
import type { GuessLimit } from '../plugins/rate-limits.ts';
import { BODY_REFUSALS, errorsOf } from '../schemas/errors.ts';
import {
  issuedKeySchema,
  keyListSchema,
  keyParamsSchema,
  newKeyBody,
  pairBody,
  pairedSchema,
  pairingBody,
  pairingSchema,
  tokenSchema,
} from '../schemas/kiln-access.ts';

type AccessParts = ApiDependencies & { readonly guesses: GuessLimit };

const HOUR_MS = 3_600_000;
const ADMIN = { access: 'admin' } as const;
const security = [{ sessionToken: [] }];

function noStore(reply: FastifyReply): void {
  reply.header('cache-control', 'no-store');
}

export function kilnAccessRoutes(app: Api, dependencies: AccessParts): void {
  keyRoutes(app, dependencies);
  pairingRoutes(app, dependencies);
  pairRoute(app, dependencies);
  app.post(
    '/kiln/v1/token/rotate',
    {
      config: ADMIN,
      schema: {
        summary: 'Replace the session token: the old one is refused at once, also here',
        tags: ['access'],
        security,
        response: { 200: tokenSchema, ...errorsOf(...BODY_REFUSALS, 401) },
      },
    },
    async (request, reply) => {
      noStore(reply);
      const token = await dependencies.token.rotate();
      request.log.info('session token rotated');
      return { token };
    },
  );
}

const keyView = (key: ApiKey) => ({ ...key, scopes: [...key.scopes] });

function keyRoutes(app: Api, { keys }: ApiDependencies): void {
  app.get(
    '/kiln/v1/keys',
    {
      config: ADMIN,
      schema: {
        summary: 'The API keys that hold',
        tags: ['access'],
        security,
        response: { 200: keyListSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      noStore(reply);
      return { keys: (await keys.list()).map(keyView) };
    },
  );
  app.post(
    '/kiln/v1/keys',
    {
      config: ADMIN,
      onRequest: requireJson,
      schema: {
        summary: 'Make an API key',
        tags: ['access'],
        security,
        body: bodySchema(newKeyBody),
        response: { 201: issuedKeySchema, ...errorsOf(400, 401, 409, 413, 415) },
      },
    },
    async (request, reply) => {
      noStore(reply);
      const { origin = null, expiresAt = null, ...rest } = readBody(newKeyBody, request.body);
      const { key, secret } = await keys.add({ ...rest, origin, expiresAt });
      request.log.info({ key: key.name, scopes: key.scopes }, 'key made');
      return reply.code(201).send({ key: keyView(key), secret });
    },
  );
  app.delete(
    '/kiln/v1/keys/:name',
    {
      config: ADMIN,
      schema: {
        summary: 'Refuse a key from now on',
        tags: ['access'],
        security,
        params: keyParamsSchema,
        response: { 200: keyListSchema, ...errorsOf(...BODY_REFUSALS, 401, 404) },
      },
    },
    async (request, reply) => {
      noStore(reply);
      const { name } = request.params;
      if (!(await keys.revoke(name))) {
        throw new KilnError('key.unknown', 'There is no key of that name.');
      }
      request.log.info({ key: name }, 'key revoked');
      return { keys: (await keys.list()).map(keyView) };
    },
  );
}

function pairingRoutes(app: Api, { pairings }: ApiDependencies): void {
  app.get(
    '/kiln/v1/pairing',
    {
      config: ADMIN,
      schema: {
        summary: 'The pairing code that holds',
        tags: ['access'],
        security,
        response: { 200: pairingSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      noStore(reply);
      return { pairing: await pairings.current() };
    },
  );
  app.post(
    '/kiln/v1/pairing',
    {
      config: ADMIN,
      onRequest: requireJson,
      schema: {
        summary: 'Make a pairing code, or show the one that holds',
        tags: ['access'],
        security,
        body: bodySchema(pairingBody),
        response: { 200: pairingSchema, ...errorsOf(400, 401, 413, 415) },
      },
    },
    async (request, reply) => {
      noStore(reply);
      const { hours } = readBody(pairingBody, request.body);
      return { pairing: await pairings.begin(Math.round(hours * HOUR_MS)) };
    },
  );
  app.delete(
    '/kiln/v1/pairing',
    {
      config: ADMIN,
      schema: {
        summary: 'Refuse the pairing code, and every device that it let in, from now on',
        tags: ['access'],
        security,
        response: { 200: pairingSchema, ...errorsOf(...BODY_REFUSALS, 401) },
      },
    },
    async (_request, reply) => {
      noStore(reply);
      await pairings.end();
      return { pairing: null };
    },
  );
}

function pairRoute(app: Api, { keys, pairings, settings, guesses }: AccessParts): void {
  app.post(
    '/kiln/v1/pair',
    {
      config: { access: 'open' },
      onRequest: requireJson,
      schema: {
        summary: 'Let a device in by the pairing code',
        description:
          'The secret is an API key with the scope `compile`, which ends with the code. Browsers also get it as a ' +
          'cookie, so that the Configurator that this service hands out works in them as it is.',
        tags: ['access'],
        body: bodySchema(pairBody),
        response: { 201: pairedSchema, ...errorsOf(400, 409, 413, 415, 429) },
      },
    },
    async (request, reply) => {
      noStore(reply);
      const { code, name } = readBody(pairBody, request.body);
      const holds = await isPairingCode(request, code, pairings, guesses);
      const pairing = await pairings.current();
      if (!holds || pairing === null) {
        throw new KilnError('pairing.refused', 'This is not the pairing code that holds.');
      }
      const { expiresAt } = pairing;
      const { key, secret } = await keys.add({
        name,
        scopes: ['compile'],
        paired: true,
        expiresAt,
      });
      // Who comes back with the code needs the key of last time no more.
      const before = await keys.find(pairedCookieOf(request.headers.cookie) ?? '');
      if (before?.paired) await keys.revoke(before.name);
      const { secure } = connectionOf(request, settings);
      const seconds = Math.max(1, Math.floor((expiresAt - Date.now()) / 1000));
      reply.header('set-cookie', pairedCookie(secret, seconds, secure));
      request.log.info({ key: key.name }, 'device let in');
      return reply.code(201).send({ name: key.name, secret, expiresAt });
    },
  );
}
