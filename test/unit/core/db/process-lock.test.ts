import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ProcessLock, takeProcessLock } from '../../../../core/db/process-lock.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder, 'service.lock');
});

const take = (): ProcessLock => takeProcessLock(file, folder, 'kiln serve');

describe('the lock of a data folder', () => {
  it('is held by one at a time', () => {
    const lock = take();
    expect(take).toThrow(
      expect.objectContaining({
        code: 'service.data-in-use',
        message: expect.stringMatching(
          new RegExp(
            `^Another Kiln \\(process ${process.pid}, kiln serve, since \\d{4}-[-\\d]+ [:\\d]+ UTC\\) is working in ${folder}\\.$`,
          ),
        ),
        details: { dataFolder: folder, pid: process.pid },
      }),
    );
    lock.release();
    take().release();
  });

  it('is refused as well when its holder could not write down who it is', () => {
    const lock = take();
    rmSync(`${file}.holder`);
    expect(take).toThrow(
      expect.objectContaining({
        code: 'service.data-in-use',
        message: `Another Kiln is working in ${folder}.`,
      }),
    );
    lock.release();
  });

  it('leaves no name behind of a holder that let go', () => {
    take().release();
    expect(existsSync(`${file}.holder`)).toBe(false);
  });

  it('is refused again and again, and a refusal takes nothing from its holder', () => {
    const lock = take();
    for (let tries = 0; tries < 3; tries += 1) expect(take).toThrow('Another Kiln');
    lock.release();
    take().release();
  });

  it('may be let go of twice', () => {
    const lock = take();
    lock.release();
    lock.release();
    const next = take();
    lock.release();
    expect(take).toThrow('Another Kiln');
    next.release();
  });

  it('is free in a folder whose holder died: the file itself says nothing', () => {
    take().release();
    take().release();
  });

  it('is of one folder only', () => {
    const lock = take();
    takeProcessLock(join(folder, 'other.lock'), folder, 'kiln serve').release();
    lock.release();
  });

  it('that cannot be made is a matter of the disk, not of another service', () => {
    mkdirSync(file);
    expect(take).toThrow(expect.objectContaining({ code: 'storage.unwritable' }));
    expect(() => takeProcessLock(join(folder, 'no', 'folder'), folder, 'kiln serve')).toThrow();
  });

  it('that is another file is left as it is', () => {
    writeFileSync(file, 'this is no database, and long enough to be looked at'.repeat(20));
    expect(take).toThrow(expect.objectContaining({ code: 'database.broken' }));
  });
});
