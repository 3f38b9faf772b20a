/** Writes the pages of docs/ that are made from the code: node scripts/generate-docs.mjs, on the project's Node. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOME } from './bootstrap.mjs';
import { generatedDocs } from './generated-docs.mjs';

for (const [path, text] of Object.entries(generatedDocs())) {
  writeFileSync(join(HOME, path), text);
  console.log(`Wrote ${path}.`);
}
