/** Documents about all keyboards of a tree: names, metadata, aliases, USB ids. */
import type { z } from 'zod';
import type { Api } from '../dependencies.ts';
import type { KeyboardFamily, KeyboardSource } from '../keyboard-source.ts';
import { sendJson } from '../plugins/compression.ts';
import {
  keyboardAliasesSchema,
  keyboardInfosSchema,
  keyboardListSchema,
  keyboardMetadataSchema,
  keyboardNamesSchema,
  usbSchema,
} from '../schemas/contract-keyboards.ts';
import { errorsOf, unchangedAnswer } from '../schemas/errors.ts';
import { isUnchanged } from '../validators.ts';
import { infosStream, lastUpdated, listedKeyboards } from '../views/keyboards.ts';

interface List {
  readonly path: string;
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly content: (source: KeyboardSource) => Promise<unknown>;
}

const LISTS: readonly List[] = [
  {
    path: 'keyboards',
    summary: 'Names of all keyboards, as a bare array',
    schema: keyboardNamesSchema,
    content: ({ catalogue }) => listedKeyboards(catalogue),
  },
  {
    path: 'keyboard_list.json',
    summary: 'Names of all keyboards, as the static files give them',
    schema: keyboardListSchema,
    content: async (source) => ({
      last_updated: await updatedOf(source),
      keyboards: await listedKeyboards(source.catalogue),
    }),
  },
  {
    path: 'keyboard_aliases.json',
    summary: 'Old names of keyboards and of their layouts',
    schema: keyboardAliasesSchema,
    content: async (source) => ({
      last_updated: await updatedOf(source),
      keyboard_aliases: await source.catalogue.aliases(),
    }),
  },
];

/** Lists of names: made in a moment, so that their own bytes say whether they are new. */
export function keyboardListRoutes(app: Api, family: KeyboardFamily): void {
  for (const { path, summary, schema, content } of LISTS) {
    app.get(
      `${family.root}/v1/${path}`,
      { schema: describe(family, summary, schema) },
      async (request, reply) => {
        const text = JSON.stringify(await content(await family.source(request)));
        return isUnchanged(request, reply, text) ? reply : sendJson(request, reply, text);
      },
    );
  }
}

/**
 * Documents that are made from every keyboard's entry. The catalogue's revision says whether they are new, before
 * anything is made.
 * @param version Kiln's own: another one may make them otherwise.
 */
export function wholeCatalogueRoutes(app: Api, family: KeyboardFamily, version: string): void {
  for (const path of ['usb.json', 'usb']) {
    app.get(
      `${family.root}/v1/${path}`,
      { schema: describe(family, 'USB ids of all keyboards', usbSchema) },
      async (request, reply) => {
        const source = await family.source(request);
        const status = await source.catalogue.status();
        const identity = ['usb.json', version, source.tree.name, status.revision];
        if (isUnchanged(request, reply, ...identity)) return reply;
        const usb = await source.catalogue.usb();
        const last_updated = lastUpdated(source, status);
        return sendJson(request, reply, JSON.stringify({ last_updated, usb }));
      },
    );
  }

  const metadata = 'Names, old names and USB ids of all keyboards';
  app.get(
    `${family.root}/v1/keyboard_metadata.json`,
    { schema: describe(family, metadata, keyboardMetadataSchema) },
    async (request, reply) => {
      const source = await family.source(request);
      const status = await source.catalogue.status();
      // Names and old names come from the tree's folders, which may be ahead of the entries.
      const names = {
        last_updated: lastUpdated(source, status),
        keyboards: await listedKeyboards(source.catalogue),
        keyboard_aliases: await source.catalogue.aliases(),
      };
      const identity = [version, source.tree.name, status.revision, JSON.stringify(names)];
      if (isUnchanged(request, reply, ...identity)) return reply;
      const usb = await source.catalogue.usb();
      return sendJson(request, reply, JSON.stringify({ ...names, usb }));
    },
  );

  // Tens of megabytes for a real tree, of which no more than a piece is ever in memory.
  for (const path of ['keyboards.json', 'keyboards/all']) {
    app.get(
      `${family.root}/v1/${path}`,
      { schema: describe(family, 'Metadata of all keyboards read so far', keyboardInfosSchema) },
      async (request, reply) => {
        const source = await family.source(request);
        const status = await source.catalogue.status();
        const identity = ['keyboards.json', version, source.tree.name, status.revision];
        if (isUnchanged(request, reply, ...identity)) return reply;
        const updated = lastUpdated(source, status);
        return sendJson(request, reply, infosStream(updated, source.catalogue.all()));
      },
    );
  }
}

function describe(family: KeyboardFamily, summary: string, schema: z.ZodType) {
  return {
    summary,
    tags: [family.tag],
    params: family.params,
    response: { 200: schema, 304: unchangedAnswer, ...errorsOf(404) },
  };
}

async function updatedOf(source: KeyboardSource): Promise<string> {
  return lastUpdated(source, await source.catalogue.status());
}
