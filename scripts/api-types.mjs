/** The types of the HTTP API for the window, made from api/openapi.json; written by npm run docs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTypes, { astToString } from 'openapi-typescript';
import { HOME } from './bootstrap.mjs';

export const API_TYPES = 'renderer/api/schema.d.ts';

/** @returns {Promise<string>} what the file has to hold */
export async function apiTypes() {
  const document = JSON.parse(readFileSync(join(HOME, 'api/openapi.json'), 'utf8'));
  for (const methods of Object.values(document.paths)) {
    for (const { responses } of Object.values(methods)) {
      // Every refusal has the one shape `Error`, which the client knows: a third of the file is enough.
      for (const status of Object.keys(responses)) if (status >= '400') delete responses[status];
    }
  }
  const types = astToString(await openapiTypes(document, { alphabetize: true, immutable: true }));
  return `/** Made from api/openapi.json by npm run docs. Do not edit. */\n${types}`;
}
