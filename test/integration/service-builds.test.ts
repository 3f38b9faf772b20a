/** The whole service on the starter tree: many builds at once, and what a build leaves for its clients. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { keymapOf, keymapsIn, withKey } from '../fixtures/service/keymaps.ts';
import { readRecords } from '../fixtures/service/records.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { unzip } from '../fixtures/service/unzip.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

beforeAll(requireTools);

describe('thirty keymaps of the same name and keyboard, sent at once', () => {
  it('become thirty images, each with its own keys', async () => {
    const COUNT = 30;
    const place = testPlace();
    const service = await place.serve({ env: { KILN_WORKERS: '2' } });
    const numbers = Array.from({ length: COUNT }, (_, number) => number);
    const ids = await Promise.all(numbers.map((number) => service.submit(keymapOf(number))));
    expect(new Set(ids).size).toBe(COUNT);

    const digests = new Set<string>();
    for (const [number, id] of ids.entries()) {
      const view = await service.ended(id, 60_000);
      expect(view).toMatchObject({ state: 'finished', tries: 1, result: { returncode: 0 } });
      const image = await service.file(id, 'download');
      expect(keymapsIn(image)).toEqual([number]);
      expect(sha256(image)).toBe(view.result?.firmwareSha256);
      digests.add(sha256(image));
      const sent = Buffer.from(await service.file(id, 'keymap')).toString();
      expect(JSON.parse(sent)).toMatchObject(keymapOf(number));
    }
    expect(digests.size).toBe(COUNT);

    expect(await service.stop()).toMatchObject({ exitCode: 0, signal: null });
    const { jobs, damage, buildFolders } = await readRecords(place.dataDir);
    expect(jobs.map(({ ends, gapless }) => ({ ends, gapless }))).toEqual(
      Array(COUNT).fill({ ends: 1, gapless: true }),
    );
    expect(damage).toEqual([]);
    expect(buildFolders).toEqual([]);
  }, 120_000);
});

describe('a build that is the only one', () => {
  it('runs as many commands at a time as the machine has cores, however many workers there are', async () => {
    const tools = mkdtempSync(join(tmpdir(), 'kiln-make-'));
    onTestFinished(() => rmSync(tools, { recursive: true }));
    mkdirSync(join(tools, 'bin'));
    // A make that says how it was called.
    const make = execFileSync('sh', ['-c', 'command -v make'], { encoding: 'utf8' }).trim();
    const script = `#!/bin/sh\necho "called with $*"\nexec ${make} "$@"\n`;
    writeFileSync(join(tools, 'bin/make'), script, { mode: 0o755 });
    const cores = availableParallelism();
    const service = await testPlace().serve({
      env: { KILN_WORKERS: String(cores), KILN_TOOLCHAIN_DIR: tools, KILN_SANDBOX: 'off' },
    });
    const id = await service.submit(keymapOf(3));
    await service.ended(id);
    const answer = await fetch(`${service.url}/v1/compile/${id}`);
    const { result } = (await answer.json()) as { result: { output: string } };
    expect(result.output).toContain(`called with -j ${cores} `);
    await service.stop();
  });
});

describe('a finished build', () => {
  it('leaves a source bundle with all that made the image, the same bytes for the same keymap', async () => {
    const service = await testPlace().serve();
    const keymap = keymapOf(7);
    const ids = [await service.submit(keymap), await service.submit(keymap)];
    const [first, second] = await Promise.all(
      ids.map(async (id) => {
        const view = await service.ended(id);
        expect(view).toMatchObject({ state: 'finished', result: { returncode: 0 } });
        return { view, bundle: await service.file(id, 'source') };
      }),
    );
    expect(sha256(second!.bundle)).toBe(sha256(first!.bundle));

    const files = await unzip(first!.bundle);
    expect([...files.keys()]).toEqual([
      'README.txt',
      'build.json',
      'keymap.json',
      'generated/board.h',
      'generated/keycodes.h',
      'generated/keymap.c',
      'generated/version.h',
    ]);
    const { firmwareFilename, firmwareSha256 } = first!.view.result!;
    const readme = files.get('README.txt')!.toString();
    expect(readme).toContain(`It gave ${firmwareFilename} with SHA-256 ${firmwareSha256}.`);
    expect(JSON.parse(files.get('build.json')!.toString())).toMatchObject({
      keyboard: keymap.keyboard,
      keymap: keymap.keymap,
      layout: keymap.layout,
      tree: { name: 'starter', kind: 'starter', origin: null },
      image: { name: firmwareFilename, sha256: firmwareSha256 },
      toolchain: { 'avr-gcc': expect.stringContaining('avr-gcc') },
    });
    expect(JSON.parse(files.get('keymap.json')!.toString())).toMatchObject(keymap);
    expect(files.get('generated/keymap.c')!.toString()).toContain(keymap.layers[0]![0]!);
    for (const [name, content] of files) {
      expect(content.toString(), name).not.toContain(service.tokenFile.slice(0, -'token'.length));
    }
    await service.stop();
  });

  it('tells its whole story to who listens, from the queue to the end', async () => {
    const service = await testPlace().serve();
    const id = await service.submit(keymapOf(1));
    const seen: string[] = [];
    const lines: string[] = [];
    for await (const { event, data } of service.events(id)) {
      seen.push(event === 'state' || event === 'end' ? `${event} ${data.state}` : event);
      lines.push(...(data.lines ?? []));
    }
    expect(seen.filter((step) => step !== 'log' && step !== 'progress')).toEqual([
      'state queued',
      'state running',
      'state finished',
      'end finished',
    ]);
    expect(seen).toContain('progress');
    expect(lines.join('\n')).toContain('The firmware size is fine');
    await service.stop();
  });
});

describe('a keymap that the firmware has no keycode for', () => {
  it('is finished with an error that names the key, as the contract has it, and without an image', async () => {
    const service = await testPlace().serve();
    const id = await service.submit(withKey(keymapOf(0), 0, 5, 'KC_NOPE'));
    const view = await service.ended(id);
    expect(view).toMatchObject({
      state: 'finished',
      result: { returncode: 1, firmwareFilename: null, firmwareSha256: null },
    });
    expect(view.result?.errors[0]).toMatchObject({ layer: 0, index: 5, keycode: 'KC_NOPE' });
    const job = await service.contract(id);
    expect(job).toMatchObject({ status: 'finished', is_failed: true });
    expect(job.result?.firmware_binary_url).toBeUndefined();
    expect((await service.request(`/v1/compile/${id}/download`)).status).toBe(404);
    await service.stop();
  });
});
