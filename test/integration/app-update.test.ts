/** Looking for a newer Kiln and fetching it, from a server of this test. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { downloadUpdate, lookForUpdate } from '../../core/updates/app-update.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { temporaryFolder } from '../fixtures/toolchain/tools.ts';

interface SignUpdate {
  makeKey(file: string): string;
  signFeed(feed: { version: string; notes: string; files: string[]; key: Buffer }): string;
}

let sign: SignUpdate;
let folder: string;
let key: Buffer;
let updateKey: string;
let file: string;
/** What the server sends, by path; a function writes its own answer. */
let pages: Record<string, string | Buffer>;
let slow: boolean;
let asked: string[];
let updateFeed: string;

const PLATFORM = `${process.platform}-${process.arch}`;
const CONTENT = Buffer.alloc(300_000, 'kiln');

beforeAll(async () => {
  sign = (await import(
    new URL('../../scripts/sign-update.mjs', import.meta.url).href
  )) as SignUpdate;
});

beforeEach(async () => {
  folder = temporaryFolder();
  updateKey = sign.makeKey(join(folder, 'key.pem'));
  key = readFileSync(join(folder, 'key.pem'));
  file = join(folder, `kiln-9.0.0-${PLATFORM}.tar.gz`);
  writeFileSync(file, CONTENT);
  pages = { '/kiln.json': feedOf('9.0.0'), [`/kiln-9.0.0-${PLATFORM}.tar.gz`]: CONTENT };
  slow = false;
  asked = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const page = pages[request.url ?? ''];
    response.statusCode = page === undefined ? 404 : 200;
    response.setHeader('content-type', 'application/json');
    if (!slow || request.url === '/kiln.json') response.end(page);
    // Begins, and never ends.
    else response.write(Buffer.from(page ?? '').subarray(0, 1000));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  updateFeed = `http://127.0.0.1:${(server.address() as AddressInfo).port}/kiln.json`;
});

function feedOf(version: string, signer = key): string {
  return sign.signFeed({ version, notes: 'New things.', files: [file], key: signer });
}

const settings = () => ({ updateFeed, updateKey, importPrivate: 'allow' as const });
const notBusy = async () => false;

async function wantedFile() {
  const update = await lookForUpdate(settings());
  if (update?.file == null) throw new Error('there is no update');
  return update.file;
}

describe('looking for an update', () => {
  it('finds a newer version, with the file for this system', async () => {
    await expect(lookForUpdate(settings(), '1.2.3')).resolves.toMatchObject({
      version: '9.0.0',
      notes: 'New things.',
      file: { name: `kiln-9.0.0-${PLATFORM}.tar.gz`, size: CONTENT.length },
    });
  });

  it.each(['9.0.0', '9.0.1', '10.0.0'])(
    'offers %s nothing that is as old or older',
    async (own) => {
      await expect(lookForUpdate(settings(), own)).resolves.toBeNull();
    },
  );

  it('asks nobody unless somebody said whom', async () => {
    const off = { code: 'update.off' };
    await expect(
      lookForUpdate({ updateFeed: undefined, updateKey, importPrivate: 'allow' }),
    ).rejects.toMatchObject(off);
    await expect(
      lookForUpdate({ updateFeed, updateKey: undefined, importPrivate: 'allow' }),
    ).rejects.toMatchObject(off);
    expect(asked).toEqual([]);
  });

  it('believes nothing that another key signed, or that was changed since', async () => {
    const untrusted = { code: 'update.untrusted' };
    sign.makeKey(join(folder, 'other.pem'));
    pages['/kiln.json'] = feedOf('9.0.0', readFileSync(join(folder, 'other.pem')));
    await expect(lookForUpdate(settings())).rejects.toMatchObject(untrusted);
    pages['/kiln.json'] = feedOf('9.0.0').replace('9.0.0', '9.9.9');
    await expect(lookForUpdate(settings())).rejects.toMatchObject(untrusted);
    pages['/kiln.json'] = '{"version": "9.0.0"}';
    await expect(lookForUpdate(settings())).rejects.toMatchObject(untrusted);
  });
});

describe('fetching an update', () => {
  it('keeps the signed file', async () => {
    const target = join(folder, 'updates');
    const options = { folder: target, isBusy: notBusy };
    const fetched = await downloadUpdate(settings(), await wantedFile(), options);
    expect(readFileSync(fetched).equals(CONTENT)).toBe(true);
    expect(readdirSync(target)).toHaveLength(1);
  });

  it.each([
    ['another of the same size', Buffer.alloc(CONTENT.length, 'evil'), 'update.untrusted'],
    ['a larger one', Buffer.alloc(CONTENT.length + 1, 'kiln'), 'remote.unfit'],
    ['a shorter one', CONTENT.subarray(1), 'update.untrusted'],
  ])('refuses %s, and keeps nothing of it', async (_what, content, code) => {
    pages[`/kiln-9.0.0-${PLATFORM}.tar.gz`] = content;
    const target = join(folder, 'updates');
    const fetching = downloadUpdate(settings(), await wantedFile(), {
      folder: target,
      isBusy: notBusy,
    });
    await expect(fetching).rejects.toMatchObject({ code });
    expect(readdirSync(target)).toEqual([]);
  });

  it('does not begin while something is built or flashed', async () => {
    const wanted = await wantedFile();
    asked = [];
    const fetching = downloadUpdate(settings(), wanted, { folder, isBusy: async () => true });
    await expect(fetching).rejects.toMatchObject({ code: 'update.busy' });
    expect(asked).toEqual([]);
  });

  it('ends as soon as something is built or flashed', async () => {
    slow = true;
    let looks = 0;
    const target = join(folder, 'updates');
    const fetching = downloadUpdate(settings(), await wantedFile(), {
      folder: target,
      isBusy: async () => ++looks > 3,
      lookEveryMs: 20,
    });
    await expect(fetching).rejects.toMatchObject({ code: 'update.busy' });
    expect(readdirSync(target)).toEqual([]);
  });
});

describe('kiln upgrade', () => {
  it('says what is new, and fetches only when it is told to', async () => {
    const place = testPlace();
    const env = {
      KILN_UPDATE_FEED: updateFeed,
      KILN_UPDATE_KEY: updateKey,
      KILN_IMPORT_PRIVATE: 'allow',
    };
    const off = await place.run(['upgrade', '--json']);
    expect(off.exitCode).not.toBe(0);
    expect(jsonOf(off)).toMatchObject({ error: { code: 'update.off' } });

    const looked = await place.run(['upgrade'], { env });
    expect(looked).toMatchObject({ exitCode: 0 });
    expect(looked.stdout).toContain('Kiln 9.0.0 is there');
    expect(existsSync(join(place.dataDir, 'updates'))).toBe(false);

    const fetched = await place.run(['upgrade', '--download', '--json'], { env });
    const answer = jsonOf<{ file: string }>(fetched);
    expect(readFileSync(answer.file).equals(CONTENT)).toBe(true);
  });
});
