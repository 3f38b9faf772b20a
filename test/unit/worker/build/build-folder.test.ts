import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createBuildFolder, removeLeftovers } from '../../../../worker/build/build-folder.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

const JOB = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
/** No process of this machine has it. */
const GONE = { pid: 2 ** 22 + 1, startTime: '1@another-boot' };

let builds: string;

beforeEach(() => {
  builds = join(temporaryFolder(), 'data', 'builds');
});

describe('a build’s folder', () => {
  it('is its own at every try, and empty', () => {
    const [first, second] = [createBuildFolder(builds, JOB), createBuildFolder(builds, JOB)];
    expect(first.work).not.toBe(second.work);
    expect(readdirSync(first.work)).toEqual([]);
    for (const name of readdirSync(builds)) {
      expect(name).toMatch(new RegExp(`^${JOB}\\.[0-9a-f]{16}$`));
    }
  });

  it.skipIf(process.platform === 'win32')('is open to its owner only', () => {
    const { work } = createBuildFolder(builds, JOB);
    expect(statSync(work).mode & 0o077).toBe(0);
    expect(statSync(dirname(work)).mode & 0o077).toBe(0);
  });

  it('keeps log and processes where the build does not write', () => {
    const folder = createBuildFolder(builds, JOB);
    folder.recordProcess(GONE);
    folder.recordProcess({ ...GONE, mark: 'x' });
    const record = readFileSync(join(dirname(folder.work), 'processes.jsonl'), 'utf8');
    expect(
      record
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([GONE, { ...GONE, mark: 'x' }]);
    expect(dirname(folder.logFile)).toBe(dirname(folder.work));
    expect(readdirSync(folder.work)).toEqual([]);
  });

  it('is removed with all that is in it', async () => {
    const folder = createBuildFolder(builds, JOB);
    const other = createBuildFolder(builds, OTHER);
    mkdirSync(join(folder.work, 'deep', 'er'), { recursive: true });
    writeFileSync(join(folder.work, 'deep', 'er', 'file'), 'x');
    folder.recordProcess(GONE);
    await folder.remove();
    await folder.remove();
    expect(existsSync(dirname(folder.work))).toBe(false);
    expect(existsSync(other.work)).toBe(true);
  });
});

describe('what crashed builds left', () => {
  it('is nothing where nothing was built', async () => {
    await expect(removeLeftovers(builds)).resolves.toBe(0);
    await expect(removeLeftovers(builds, [JOB])).resolves.toBe(0);
  });

  it('goes for the given jobs only', async () => {
    createBuildFolder(builds, JOB);
    createBuildFolder(builds, JOB);
    createBuildFolder(builds, OTHER);
    await expect(removeLeftovers(builds, [])).resolves.toBe(0);
    await expect(removeLeftovers(builds, [JOB])).resolves.toBe(2);
    expect(readdirSync(builds).map((name) => name.split('.')[0])).toEqual([OTHER]);
  });

  it('goes altogether when no job is named, strange files too', async () => {
    createBuildFolder(builds, JOB);
    createBuildFolder(builds, OTHER);
    writeFileSync(join(builds, 'file'), '');
    await expect(removeLeftovers(builds)).resolves.toBe(3);
    expect(readdirSync(builds)).toEqual([]);
  });

  it.each([
    ['half a line', '{"pid":123,"startT'],
    ['half a line that ends with a brace', '{"pid":1}'],
    ['zeros, as after a power cut', '\0\0\0\0}\n'],
    ['another value', 'null\n[]\n"text"\n5\n{"pid":"1","startTime":2}\n'],
    ['a number that is a group of processes', '{"pid":-1,"startTime":"1@x"}\n'],
    ['nothing', ''],
  ])('goes even when its record of processes holds %s', async (_, text) => {
    const folder = createBuildFolder(builds, JOB);
    folder.recordProcess(GONE);
    appendFileSync(join(dirname(folder.work), 'processes.jsonl'), text);
    await expect(removeLeftovers(builds)).resolves.toBe(1);
    expect(readdirSync(builds)).toEqual([]);
  });
});
