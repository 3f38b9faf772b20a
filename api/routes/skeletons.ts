/** `GET /v1/skeletons…`: what a client fills in to make a keymap file. */
import type { Api } from '../dependencies.ts';
import { childrenSchema, keymapSkeletonSchema } from '../schemas/contract-status.ts';
import { errorsOf } from '../schemas/errors.ts';

/** Clients send everything but keyboard, keymap, layout and layers back with each compile request. */
const KEYMAP_SKELETON = {
  version: 1,
  notes: '',
  keyboard: null,
  keymap: null,
  layout: null,
  layers: [],
  documentation:
    'This file is a QMK Configurator export. QMK Configurator and Kiln import it, and QMK itself ' +
    'builds it with: qmk compile <this file>.',
};

export function skeletonRoutes(app: Api): void {
  app.get(
    '/v1/skeletons',
    {
      schema: {
        summary: 'The kinds of skeletons',
        tags: ['skeletons'],
        response: { 200: childrenSchema, ...errorsOf() },
      },
    },
    async () => ({ children: ['keymap'] }),
  );
  app.get(
    '/v1/skeletons/keymap',
    {
      schema: {
        summary: 'An empty keymap file',
        tags: ['skeletons'],
        response: { 200: keymapSkeletonSchema, ...errorsOf() },
      },
    },
    async () => KEYMAP_SKELETON,
  );
}
