import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { completeMoves, planFile } from '../../../../core/backup/moves.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';
import { DataFolder } from './support.ts';

/** Moves that are made before the power goes. */
const power = vi.hoisted(() => ({ moves: Number.POSITIVE_INFINITY }));

vi.mock('node:fs', async (load) => {
  const real = await load<typeof import('node:fs')>();
  return {
    ...real,
    renameSync(from: string, to: string): void {
      if (power.moves === 0) throw new Error('the power is gone');
      power.moves -= 1;
      real.renameSync(from, to);
    },
  };
});

let folder: string;

beforeEach(() => {
  power.moves = Number.POSITIVE_INFINITY;
  folder = temporaryFolder();
});

describe('a restore that is cut off between two moves', () => {
  it('is completed by the next start, whichever move was the last', async () => {
    const data = new DataFolder(join(folder, 'data'));
    const id = await data.addJob('old');
    data.write('configurator.json', '{"old": true}');
    const backup = join(folder, 'backup');
    await data.backUp(backup);
    let cut = 0;
    for (let last = 0; ; last += 1) {
      const here = new DataFolder(join(folder, `here-${last}`));
      const lost = await here.addJob('lost');
      here.write('configurator.json', '{"here": true}');
      power.moves = last;
      const done = await here.restore(backup).then(
        () => true,
        () => false,
      );
      power.moves = Number.POSITIVE_INFINITY;
      expect(existsSync(planFile(here.dataDir))).toBe(!done);
      expect(await completeMoves(here.dataDir)).toBe(!done);
      expect(await here.jobs()).toEqual([id]);
      expect(readFileSync(join(here.dataDir, 'configurator.json'), 'utf8')).toBe('{"old": true}');
      expect(readFileSync(join(here.paths.artifacts, id, 'image.hex'), 'utf8')).toBe('old');
      const kept = readdirSync(here.paths.artifacts).find((name) => name.startsWith('before'));
      const image = join(here.paths.artifacts, kept ?? '', lost, 'image.hex');
      expect(readFileSync(image, 'utf8')).toBe('lost');
      if (done) break;
      cut += 1;
    }
    // Two each for the database and the file beside it, one each for the two jobs.
    expect(cut).toBeGreaterThanOrEqual(6);
  });

  it('says so when what was to be moved cannot be read any more', async () => {
    writeFileSync(planFile(folder), '{"moves": [');
    await expect(completeMoves(folder)).rejects.toMatchObject({ code: 'backup.interrupted' });
    expect(existsSync(planFile(folder))).toBe(true);
  });
});
