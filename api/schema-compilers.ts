/** Zod checks what comes in and what goes out. Given at creation, or Fastify loads the compilers of its own that are never used. */
import type { FastifyServerOptions } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';

type Compilers = NonNullable<
  NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']
>;

export const SCHEMA_COMPILERS = {
  // Fastify's types mean JSON Schema here; all of our schemas are Zod's.
  compilersFactory: {
    buildValidator: () => validatorCompiler,
    buildSerializer: () => serializerCompiler,
  } as unknown as Compilers,
};
