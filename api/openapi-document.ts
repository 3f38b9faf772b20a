/**
 * The OpenAPI document, made from the routes' own schemas, so that it cannot say anything else. Loaded by who asks for it:
 * the packages for it are a large part of all that a service would load at its start.
 */
import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import fastify, { type RouteOptions } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { SCHEMA_COMPILERS } from './schema-compilers.ts';

export interface OpenApiDocument {
  readonly openapi: string;
}

/** @param routes as a service was given them; their handlers are not called. */
export async function describeRoutes(routes: readonly RouteOptions[]): Promise<OpenApiDocument> {
  const app = fastify({ exposeHeadRoutes: false, schemaController: SCHEMA_COMPILERS });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Kiln',
        description:
          'Compiles QMK keyboard firmware. `/v1` is the contract of the hosted QMK API; `/kiln/v1` is ' +
          'Kiln’s own.',
        // Of the interface, not of the program: it changes when clients have to.
        version: '1',
      },
      components: {
        securitySchemes: {
          sessionToken: {
            type: 'http',
            scheme: 'bearer',
            description:
              'The session token (`kiln serve` prints where its file lies), or an API key with the scope',
          },
        },
      },
    },
    transform: nameWildcard,
    transformObject: tidy,
  });
  for (const { method, url, schema = {} } of routes) {
    app.route({ method, url, schema, handler: async () => undefined });
  }
  await app.ready();
  // The type of the plugin's answer covers OpenAPI 2 as well.
  const document = app.swagger() as unknown as OpenApiDocument;
  await app.close();
  return document;
}

/** OpenAPI has no wildcards: `/v1/keyboards/*` becomes `/v1/keyboards/{path}`, the parameter `*` `path`. */
const nameWildcard: typeof jsonSchemaTransform = (route) => {
  const { schema, url } = jsonSchemaTransform(route);
  // A hidden route has nothing to rename.
  if (!url.endsWith('/*') || schema.params === undefined) return { schema, url };
  const params = JSON.parse(JSON.stringify(schema.params).replaceAll('"*"', '"path"'));
  return { schema: { ...schema, params }, url: `${url.slice(0, -1)}:path` };
};

interface Document {
  readonly paths?: Record<string, Record<string, { responses: Record<string, Described> }>>;
  readonly components?: { readonly schemas?: Record<string, unknown> };
}
interface Described {
  description: string;
}

/** What the packages leave untidy, so that the committed document reads well. */
const tidy: typeof jsonSchemaTransformObject = (source) => {
  const document = jsonSchemaTransformObject(source) as Document;
  for (const methods of Object.values(document.paths ?? {})) {
    for (const { responses } of Object.values(methods)) describeAnswers(responses);
  }
  // Each named schema comes in two variants, for requests and for answers; all of ours are of answers.
  const schemas = Object.entries(document.components?.schemas ?? {}).filter(
    ([name]) => !name.endsWith('Input'),
  );
  const components = { ...document.components, schemas: Object.fromEntries(schemas) };
  return { ...document, components } as ReturnType<typeof jsonSchemaTransformObject>;
};

function describeAnswers(responses: Record<string, Described>): void {
  for (const [status, answer] of Object.entries(responses)) {
    if (answer.description === 'Default Response') {
      answer.description = STATUS_CODES[status] ?? status;
    }
  }
}
