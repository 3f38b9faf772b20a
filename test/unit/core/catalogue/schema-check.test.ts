import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadSchemaCheck, schemaStamp } from '../../../../core/catalogue/schema-check.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

let tree: string;

const write = (name: string, text: string): void => {
  mkdirSync(join(tree, 'data/schemas'), { recursive: true });
  writeFileSync(join(tree, 'data/schemas', name), text);
};

const DIALECT = 'https://json-schema.org/draft/2020-12/schema#';

beforeEach(() => {
  tree = temporaryFolder();
  write(
    'definitions.jsonschema',
    `{
      "$schema": "${DIALECT}",
      "$id": "qmk.definitions.v1",
      # hjson, at times
      "hex": { "type": "string", "pattern": "^0x[0-9A-F]{4}$" }
    }`,
  );
  write(
    'keyboard.jsonschema',
    JSON.stringify({
      $schema: DIALECT,
      $id: 'qmk.keyboard.v1',
      type: 'object',
      properties: {
        vid: { $ref: 'qmk.definitions.v1#/hex' },
        pid: { $ref: './definitions.jsonschema#/hex' },
        url: { type: 'string', format: 'uri' },
      },
      required: ['vid'],
    }),
  );
  write('false.jsonschema', 'false');
});

describe('loadSchemaCheck', () => {
  it('says whether data hold, references by id and by file name followed', () => {
    const check = loadSchemaCheck(tree);
    expect(check('qmk.keyboard.v1', { vid: '0x03A8', pid: '0xA4F9' })).toBe(true);
    expect(check('qmk.keyboard.v1', { vid: '0x03a8' })).toBe(false);
    expect(check('qmk.keyboard.v1', { vid: '0x03A8', pid: 7 })).toBe(false);
    expect(check('qmk.keyboard.v1', {})).toBe(false);
    expect(check('keyboard.jsonschema', { vid: '0x03A8' })).toBe(true);
  });

  it('does not check formats, as QMK’s own validation does not', () => {
    expect(loadSchemaCheck(tree)('qmk.keyboard.v1', { vid: '0x03A8', url: 'no url' })).toBe(true);
  });

  it('has no answer for a schema that there is not', () => {
    expect(loadSchemaCheck(tree)('qmk.nothing.v1', {})).toBeNull();
    expect(loadSchemaCheck(temporaryFolder())('qmk.keyboard.v1', {})).toBeNull();
  });

  it('has no answer where a reference leads nowhere, and answers for the others', () => {
    write('lost.jsonschema', '{"$id": "lost", "$ref": "nowhere#/at/all"}');
    const check = loadSchemaCheck(tree);
    expect(check('lost', {})).toBeNull();
    expect(check('qmk.keyboard.v1', { vid: '0x03A8' })).toBe(true);
  });

  it.each([
    ['is no JSON', '{ "$id": "odd", '],
    ['is a list', '[1, 2]'],
    ['is null', 'null'],
    ['names a dialect that nobody knows', '{"$id": "odd", "$schema": "http://nobody/"}'],
    ['has a type that there is not', '{"$id": "odd", "type": "colour"}'],
    ['has the id of another', '{"$id": "qmk.keyboard.v1", "type": "object"}'],
  ])('works on beside a file that %s', (_, text) => {
    write('odd.jsonschema', text);
    const check = loadSchemaCheck(tree);
    expect(check('odd', {})).toBeNull();
    expect(check('qmk.keyboard.v1', { vid: '0x03A8' })).toBe(true);
  });
});

describe('schemaStamp', () => {
  it('changes when a schema does, comes or goes, and with nothing else', () => {
    const before = schemaStamp(tree);
    write('readme.md', 'text');
    expect(schemaStamp(tree)).toBe(before);
    utimesSync(join(tree, 'data/schemas/false.jsonschema'), 5, 5);
    const touched = schemaStamp(tree);
    expect(touched).not.toBe(before);
    write('new.jsonschema', '{}');
    expect(schemaStamp(tree)).not.toBe(touched);
    rmSync(join(tree, 'data'), { recursive: true });
    expect(schemaStamp(tree)).toBe('');
  });
});
