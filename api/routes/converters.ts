/** `/v1/converters…`: layouts of keyboard-layout-editor.com become the beginning of an `info.json`. */
import { KilnError } from '../../core/errors.ts';
import { isObject, type JsonObject, parseStrictJson } from '../../core/keymap/strict-json.ts';
import { convertKle } from '../../core/kle/convert.ts';
import type { Api } from '../dependencies.ts';
import { requireJson } from '../plugins/json-body.ts';
import { infoSkeletonSchema, layoutBodySchema } from '../schemas/contract-converters.ts';
import { childrenSchema } from '../schemas/contract-status.ts';
import { errorsOf } from '../schemas/errors.ts';

const REMEDY = 'Send {"raw": …} with the «Raw data» of keyboard-layout-editor.com.';

export function converterRoutes(app: Api): void {
  app.get(
    '/v1/converters',
    {
      schema: {
        summary: 'The kinds of converters',
        tags: ['converters'],
        response: { 200: childrenSchema, ...errorsOf() },
      },
    },
    async () => ({ children: ['kle'] }),
  );
  for (const path of ['kle', 'kle2qmk']) {
    app.post(
      `/v1/converters/${path}`,
      {
        onRequest: requireJson,
        schema: {
          summary: 'The beginning of an info.json for a layout of keyboard-layout-editor.com',
          tags: ['converters'],
          body: layoutBodySchema,
          response: { 200: infoSkeletonSchema, ...errorsOf(400, 413, 415) },
        },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const { layouts, ...rest } = convertKle(layoutOf(request.body));
        return { ...rest, layouts: { LAYOUT: { layout: [...layouts.LAYOUT.layout] } } };
      },
    );
  }
}

/** @throws KilnError `request.invalid-json`, `request.invalid` */
function layoutOf(body: Uint8Array): string | readonly unknown[] {
  const asked = readObject(body);
  const { raw } = asked;
  if (typeof raw === 'string' || Array.isArray(raw)) return raw;
  if (raw !== undefined) throw invalid('raw is neither a text nor a list of rows.');
  if (asked.id !== undefined) {
    throw invalid('Kiln works without a network, so it cannot fetch a layout by its id.');
  }
  throw invalid('The request has no raw data.');
}

function readObject(body: Uint8Array): JsonObject {
  try {
    const value = parseStrictJson(body);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof KilnError) || error.code !== 'request.invalid-json') throw error;
    const { message, details = {} } = error;
    throw new KilnError('request.invalid-json', message, { remedy: REMEDY, details });
  }
  throw invalid('The request is no JSON object.');
}

function invalid(message: string): KilnError {
  return new KilnError('request.invalid', message, { remedy: REMEDY });
}
