/** Writes the pages of docs/, and the types, that are made from the code: node scripts/generate-docs.mjs, on the project's Node. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOME } from './bootstrap.mjs';
import { generatedFiles } from './generated-docs.mjs';

for (const [path, text] of Object.entries(await generatedFiles())) {
  writeFileSync(join(HOME, path), text);
  console.log(`Wrote ${path}.`);
}
