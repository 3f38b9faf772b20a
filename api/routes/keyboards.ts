/**
 * `/v1/keyboards/<kb>…`: the data of single keyboards under both path families, the API's (`/v1/keyboards/<kb>`)
 * and that of the static files (`/v1/keyboards/<kb>/info.json`).
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Catalogue, KeyboardInfo } from '../../core/catalogue/contract.ts';
import { KilnError } from '../../core/errors.ts';
import { escapeForMessage } from '../../core/keymap/refusal.ts';
import type { Api } from '../dependencies.ts';
import { type KeyboardPath, parseKeyboardPath } from '../keyboard-path.ts';
import type { KeyboardFamily, KeyboardSource } from '../keyboard-source.ts';
import { sendJson } from '../plugins/compression.ts';
import { buildRecordSchema } from '../schemas/contract-builds.ts';
import { keyboardInfosSchema, keyboardPathSchema } from '../schemas/contract-keyboards.ts';
import { errorsOf, unchangedAnswer } from '../schemas/errors.ts';
import { isUnchanged } from '../validators.ts';
import { buildRecordOf } from '../views/build-records.ts';
import { infosText, lastUpdated, type NamedInfo } from '../views/keyboards.ts';

/** Keyboards at one address: each may have to be read from its tree first. */
const MOST_AT_ONCE = 50;

/** An answer's text and what it is. */
interface Text {
  readonly text: string;
  readonly mediaType?: string;
}

export function keyboardRoutes(app: Api, family: KeyboardFamily): void {
  // Names have one to six segments, which only a wildcard matches; fixed paths beside it go first.
  app.get(
    `${family.root}/v1/keyboards/*`,
    {
      schema: {
        summary: 'A keyboard’s info.json, readme, keymap or last test build',
        tags: [family.tag],
        params: family.params.extend(keyboardPathSchema.shape),
        response: {
          200: {
            description:
              'The data; the nearest readme.md from the keyboard’s folder upward; a keymap file',
            content: {
              'application/json': {
                schema: z.union([keyboardInfosSchema, buildRecordSchema, z.looseObject({})]),
              },
              'text/markdown': { schema: z.string() },
            },
          },
          304: unchangedAnswer,
          ...errorsOf(400, 404, 422),
        },
      },
    },
    async (request, reply) => {
      const asked = parseKeyboardPath((request.params as { '*': string })['*']);
      if (asked === null) throw noSuchPath();
      return sendText(request, reply, await textOf(asked, await family.source(request)));
    },
  );
}

function sendText(request: FastifyRequest, reply: FastifyReply, answer: Text): FastifyReply {
  const { text, mediaType } = answer;
  if (isUnchanged(request, reply, text)) return reply;
  return mediaType === undefined
    ? sendJson(request, reply, text)
    : reply.type(mediaType).send(text);
}

async function textOf(asked: KeyboardPath, source: KeyboardSource): Promise<Text> {
  const { catalogue } = source;
  switch (asked.part) {
    case 'infos':
      return { text: await infosOf(asked.keyboards, source) };
    case 'info':
      return { text: await infosOf([asked.keyboard], source) };
    case 'readme':
      return {
        text: await readmeOf(asked.keyboard, catalogue),
        mediaType: 'text/markdown; charset=utf-8',
      };
    case 'build-log':
      return { text: await buildLogOf(asked.keyboard, source) };
    case 'keymap':
      return { text: await keymapOf(asked.keyboard, asked.keymap, catalogue) };
    case 'keymap-readme':
      throw noSuchKeymap(asked.keymap);
    case 'keymap-file': {
      const text = await catalogue.keymap(asked.path);
      if (text === null) throw noSuchPath();
      return { text };
    }
  }
}

/**
 * Each under the name that it was asked for by. Of several, those that there are: a client that asks for many sees
 * from the answer which are missing, as it did with the hosted API.
 */
async function infosOf(keyboards: readonly string[], source: KeyboardSource): Promise<string> {
  if (keyboards.length > MOST_AT_ONCE) {
    throw new KilnError(
      'request.invalid',
      `At most ${MOST_AT_ONCE} keyboards can be asked for at once.`,
      { remedy: 'Ask several times, or for /v1/keyboards/all.' },
    );
  }
  const { catalogue } = source;
  const refusals: unknown[] = [];
  const infos = await Promise.all(
    keyboards.map(async (name): Promise<NamedInfo | null> => {
      try {
        return { name, infoText: await catalogue.infoText(name) };
      } catch (error) {
        if (!isKeyboardRefusal(error)) throw error;
        refusals.push(error);
        return null;
      }
    }),
  );
  const found = infos.filter((info) => info !== null);
  if (found.length === 0) throw refusals[0];
  return infosText(lastUpdated(source, await catalogue.status()), found);
}

function isKeyboardRefusal(error: unknown): boolean {
  if (!(error instanceof KilnError)) return false;
  return error.code === 'keyboard.unknown' || error.code === 'keyboard.metadata-broken';
}

async function readmeOf(keyboard: string, catalogue: Catalogue): Promise<string> {
  const readme = await catalogue.readme(keyboard);
  if (readme !== null) return readme;
  throw new KilnError('request.not-found', `The keyboard ${keyboard} has no readme.`);
}

async function buildLogOf(keyboard: string, source: KeyboardSource): Promise<string> {
  const name = (await source.catalogue.resolve(keyboard)) ?? keyboard;
  const record = await buildRecordOf(name, source);
  if (record !== null) return JSON.stringify(record);
  throw new KilnError('request.not-found', `No test build of ${keyboard} is recorded.`);
}

/** A keymap that is JSON alone; the hosted API has none at this address. */
async function keymapOf(keyboard: string, keymap: string, catalogue: Catalogue): Promise<string> {
  const keymaps = await keymapsOf(keyboard, catalogue);
  const listed = Object.hasOwn(keymaps, keymap) ? keymaps[keymap] : undefined;
  const text = listed === undefined ? null : await catalogue.keymap(listed.path);
  if (text === null) throw noSuchKeymap(keymap);
  return text;
}

async function keymapsOf(
  keyboard: string,
  catalogue: Catalogue,
): Promise<NonNullable<KeyboardInfo['keymaps']>> {
  try {
    return (await catalogue.info(keyboard)).keymaps ?? {};
  } catch (error) {
    if (isKeyboardRefusal(error)) return {};
    throw error;
  }
}

/** In the words of the hosted API. */
function noSuchKeymap(keymap: string): KilnError {
  return new KilnError('request.not-found', `No such keymap: ${escapeForMessage(keymap)}`);
}

function noSuchPath(): KilnError {
  return new KilnError('request.not-found', 'There is nothing of a keyboard at this address.');
}
