import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecord, removeRecord, writeRecord } from '../../../../core/configurator/record.ts';
import { createFolder } from './folder.ts';

describe('the record of the added Configurator', () => {
  it('is read as it was written, in a folder that is made for it, until it is removed', async () => {
    const file = join(createFolder({}), 'data', 'configurator.json');
    expect(await readRecord(file)).toBeNull();
    const record = { folder: '/home/me/dist', apiUrl: '/api' };
    await writeRecord(file, record);
    expect(await readRecord(file)).toEqual(record);
    await removeRecord(file);
    await removeRecord(file);
    expect(await readRecord(file)).toBeNull();
  });

  it.each(['', '{', '{}', '{"folder":""}', '[]'])('is refused when broken: %j', async (text) => {
    const file = join(createFolder({}), 'configurator.json');
    writeFileSync(file, text);
    await expect(readRecord(file)).rejects.toMatchObject({
      code: 'configurator.invalid',
      message: expect.stringContaining(file),
    });
  });

  it('says which folder cannot be written', async () => {
    const file = join(createFolder({ data: 'a file' }), 'data', 'configurator.json');
    await expect(writeRecord(file, { folder: '/x' })).rejects.toMatchObject({
      code: 'storage.unwritable',
    });
  });
});
