/**
 * Keyboard data under both path families: the API's (`/v1/keyboards/<kb>`) and that of the static files
 * (`/v1/keyboards/<kb>/info.json`). The default firmware tree answers.
 */
import { z } from 'zod';
import type { Catalogue } from '../../core/catalogue/contract.ts';
import { KilnError } from '../../core/errors.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import {
  keyboardInfosSchema,
  keyboardListSchema,
  keyboardNamesSchema,
  keyboardPathSchema,
} from '../schemas/contract-keyboards.ts';
import { errorsOf } from '../schemas/errors.ts';

const KEYBOARD = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+){0,5}$/;
const KEYBOARD_MAX = 128;

/** Fixed endings, each of which wins over a keyboard of that name. */
const ENDINGS = { 'info.json': 'info', readme: 'readme', 'readme.md': 'readme' } as const;

/** A keyboard and what of it is asked for; null when a path below `/v1/keyboards/` names neither. */
export function parseKeyboardPath(
  path: string,
): { readonly keyboard: string; readonly part: 'info' | 'readme' } | null {
  const slash = path.lastIndexOf('/');
  const ending = path.slice(slash + 1);
  const named = slash > 0 && Object.hasOwn(ENDINGS, ending);
  const keyboard = named ? path.slice(0, slash) : path;
  if (keyboard.length > KEYBOARD_MAX || !KEYBOARD.test(keyboard)) return null;
  return { keyboard, part: named ? ENDINGS[ending as keyof typeof ENDINGS] : 'info' };
}

export function keyboardRoutes(app: Api, { trees, catalogues }: ApiDependencies): void {
  const catalogue = async () => catalogues.forTree((await trees.defaultTree()).name);

  app.get(
    '/v1/keyboards',
    {
      schema: {
        summary: 'Names of all keyboards, as a bare array',
        tags: ['keyboards'],
        response: { 200: keyboardNamesSchema, ...errorsOf() },
      },
    },
    async () => [...(await (await catalogue()).keyboards())],
  );

  app.get(
    '/v1/keyboard_list.json',
    {
      schema: {
        summary: 'Names of all keyboards, as the static files give them',
        tags: ['keyboards'],
        response: { 200: keyboardListSchema, ...errorsOf() },
      },
    },
    async () => ({
      last_updated: lastUpdated(),
      keyboards: [...(await (await catalogue()).keyboards())],
    }),
  );

  // Names have one to six segments, which only a wildcard matches; fixed paths beside it go first.
  app.get(
    '/v1/keyboards/*',
    {
      schema: {
        summary: 'A keyboard’s info.json or readme',
        tags: ['keyboards'],
        params: keyboardPathSchema,
        response: {
          200: {
            description: 'The data, or the nearest readme.md from the keyboard’s folder upward',
            content: {
              'application/json': { schema: keyboardInfosSchema },
              'text/markdown': { schema: z.string() },
            },
          },
          ...errorsOf(404, 422),
        },
      },
    },
    async (request, reply) => {
      const asked = parseKeyboardPath(request.params['*']);
      if (asked === null) {
        throw new KilnError('request.not-found', 'This path is not that of a keyboard.');
      }
      const source = await catalogue();
      if (asked.part === 'readme') {
        return reply
          .type('text/markdown; charset=utf-8')
          .send(await readmeOf(source, asked.keyboard));
      }
      const info = await source.info(asked.keyboard);
      return reply.send({
        last_updated: lastUpdated(),
        keyboards: { [asked.keyboard]: { ...info } },
      });
    },
  );
}

async function readmeOf(catalogue: Catalogue, keyboard: string): Promise<string> {
  if ((await catalogue.resolve(keyboard)) === null) {
    throw new KilnError('keyboard.unknown', `There is no keyboard ${keyboard} in this tree.`);
  }
  const readme = await catalogue.readme(keyboard);
  if (readme === null) {
    throw new KilnError('request.not-found', `The keyboard ${keyboard} has no readme.`);
  }
  return readme;
}

/** `2025-11-20 18:07:37 GMT`: when the data was made, which is now. */
function lastUpdated(): string {
  return `${new Date().toISOString().slice(0, 19).replace('T', ' ')} GMT`;
}
