import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  NotRegular,
  readRegularFile,
  readRegularText,
} from '../../../../worker/build/regular-file.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

const MIB = 1024 * 1024;
const posixOnly = it.skipIf(process.platform === 'win32');

function folderWith(content = 'text'): { folder: string; file: string } {
  const folder = temporaryFolder();
  const file = join(folder, 'keymap.c');
  writeFileSync(file, content);
  return { folder, file };
}

describe('what a build left', () => {
  it('is read up to its limit in size, and not past it', async () => {
    const { file } = folderWith('x'.repeat(MIB));
    await expect(readRegularFile(file, MIB)).resolves.toHaveLength(MIB);
    await expect(readRegularFile(file, MIB - 1)).rejects.toThrow(
      new NotRegular('is larger than 1 MiB'),
    );
  });

  it('is null when it is not there', async () => {
    await expect(readRegularFile(join(temporaryFolder(), 'gone'), MIB)).resolves.toBeNull();
  });

  it('is not a folder', async () => {
    const { folder } = folderWith();
    mkdirSync(join(folder, 'src'));
    await expect(readRegularFile(join(folder, 'src'), MIB)).rejects.toThrow(NotRegular);
  });

  posixOnly('is not a link, nor one of two names', async () => {
    const { folder, file } = folderWith();
    symlinkSync(file, join(folder, 'link.c'));
    await expect(readRegularFile(join(folder, 'link.c'), MIB)).rejects.toThrow(
      new NotRegular('is a link'),
    );
    linkSync(file, join(folder, 'second.c'));
    await expect(readRegularFile(file, MIB)).rejects.toThrow(new NotRegular('has a second name'));
  });

  posixOnly('is not a pipe, and none is waited for', async () => {
    const pipe = join(temporaryFolder(), 'pipe.c');
    execFileSync('mkfifo', [pipe]);
    await expect(readRegularFile(pipe, MIB)).rejects.toThrow(
      new NotRegular('is not a regular file'),
    );
  });
});

describe('text that may be missing', () => {
  it('is read when it is there', () => {
    const { file } = folderWith();
    expect(readRegularText(file)).toBe(readFileSync(file, 'utf8'));
    expect(readRegularText(`${file}.gone`)).toBeNull();
  });

  posixOnly('is nothing where a link, a second name or a pipe stands in its place', () => {
    const { folder, file } = folderWith();
    symlinkSync(file, join(folder, 'link.d'));
    expect(readRegularText(join(folder, 'link.d'))).toBeNull();
    execFileSync('mkfifo', [join(folder, 'pipe.d')]);
    expect(readRegularText(join(folder, 'pipe.d'))).toBeNull();
    expect(readRegularText(folder)).toBeNull();
    linkSync(file, join(folder, 'second.d'));
    expect(readRegularText(file)).toBeNull();
  });
});
