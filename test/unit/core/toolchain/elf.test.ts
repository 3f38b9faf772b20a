import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLoadable, readLinkage } from '../../../../core/toolchain/stage/elf.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

describe.skipIf(process.platform !== 'linux')('a program’s libraries', () => {
  it('are read from the program', async () => {
    await expect(isLoadable(process.execPath)).resolves.toBe(true);
    const { needed, runPath } = await readLinkage(process.execPath);
    expect(needed).toContain('libc.so.6');
    expect(runPath).toBe('');
  });

  it('are not looked for in texts, objects and cut files', async () => {
    const folder = temporaryFolder();
    const objectFile = Buffer.alloc(64);
    objectFile.write('\x7fELF', 'latin1');
    objectFile.writeUInt16LE(1, 16);
    for (const content of ['#!/bin/sh\n', '\x7fELF', objectFile]) {
      const file = join(folder, 'file');
      writeFileSync(file, content);
      await expect(isLoadable(file)).resolves.toBe(false);
    }
  });
});
