/** Hands out the OpenAPI document, which is made when somebody asks for it first. */
import type { RouteOptions } from 'fastify';
import { z } from 'zod';
import type { Api } from '../dependencies.ts';
import type { OpenApiDocument } from '../openapi-document.ts';
import { errorsOf } from '../schemas/errors.ts';

/** @returns the routes that are added from now on. */
export function noteRoutes(app: Api): readonly RouteOptions[] {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    // Those that Fastify adds by itself are described with their GET.
    if (route.method !== 'HEAD') routes.push(route);
  });
  return routes;
}

/** @param routes what it describes. */
export function openApiRoutes(app: Api, routes: readonly RouteOptions[]): void {
  let document: Promise<OpenApiDocument> | undefined;
  app.get(
    '/kiln/v1/openapi.json',
    {
      schema: {
        summary: 'This document',
        tags: ['service'],
        response: { 200: z.looseObject({ openapi: z.string() }), ...errorsOf() },
      },
    },
    async () => {
      document ??= import('../openapi-document.ts').then(({ describeRoutes }) =>
        describeRoutes(routes),
      );
      return { ...(await document) };
    },
  );
}
