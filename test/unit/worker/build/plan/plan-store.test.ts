import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BuildPlan, PLAN_FORMAT } from '../../../../../worker/build/plan/plan.ts';
import { createPlanStore } from '../../../../../worker/build/plan/plan-store.ts';
import { signatureOf } from '../../../../../worker/build/plan/signature.ts';

let folder: string;
let root: string;
const LARGE = 1024 ** 3;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-plans-'));
  root = join(folder, 'root');
  mkdirSync(join(root, 'obj'), { recursive: true });
  writeFileSync(join(root, 'obj/main.o'), 'object');
});
afterEach(() => rmSync(folder, { recursive: true }));

const plan = (): BuildPlan => ({
  format: PLAN_FORMAT,
  steps: [{ program: 'avr-gcc', args: ['-c', 'a b.c'] }],
  sources: ['src/keymap.c'],
  outputs: ['obj/keymap.o'],
  kept: [{ path: 'obj/main.o', stamp: '', content: signatureOf(join(root, 'obj/main.o')).content }],
  inputs: [],
  origins: [],
  generated: {},
  sizeLimit: null,
});

const storeOf = (limit = LARGE) => createPlanStore(join(folder, 'plans'), limit);

async function keep(key: string, store = storeOf()): Promise<void> {
  await (await store.prepare(plan(), root)).publish(key);
}

describe('a kept plan', () => {
  it('is found by a later process, with its files', async () => {
    await keep('k');
    const stored = storeOf().find('k');
    expect(stored?.plan.steps).toEqual(plan().steps);
    expect(readFileSync(join(stored!.keptFolder, 'obj/main.o'), 'utf8')).toBe('object');
    expect(storeOf().findDamage(stored!)).toBeNull();
    expect(storeOf().find('another')).toBeNull();
  });

  it('is held in memory while few others are used, so that a worker stays small over years', async () => {
    const store = storeOf();
    await keep('used', store);
    await keep('forgotten', store);
    const used = store.find('used');
    const forgotten = store.find('forgotten');
    for (let number = 0; number < 20; number += 1) {
      await keep(`k${number}`, store);
      store.find(`k${number}`);
      expect(store.find('used')).toBe(used);
    }
    expect(store.find('forgotten')).toEqual(forgotten);
    expect(store.find('forgotten')).not.toBe(forgotten);
  });

  it('takes the place of an earlier one of its key', async () => {
    await keep('k');
    const store = storeOf();
    expect(store.find('k')?.plan.sizeLimit).toBeNull();
    await (await store.prepare({ ...plan(), sizeLimit: 7 }, root)).publish('k');
    expect(store.find('k')?.plan.sizeLimit).toBe(7);
    expect(readdirSync(join(folder, 'plans'))).toEqual(['k']);
  });

  it('stays where it is when another process made the same one, for somebody may build by it', async () => {
    await keep('k');
    const stored = storeOf().find('k');
    await keep('k');
    expect(storeOf().isReplaced(stored!)).toBe(false);
    expect(readdirSync(join(folder, 'plans'))).toEqual(['k']);
    await storeOf().remove('k');
    expect(storeOf().isReplaced(stored!)).toBe(true);
    await keep('k');
    expect(storeOf().isReplaced(stored!)).toBe(true);
  });

  it('gives way to the same one when a file of it was damaged', async () => {
    await keep('k');
    const stored = storeOf().find('k');
    writeFileSync(join(stored!.keptFolder, 'obj/main.o'), 'damage');
    await keep('k');
    expect(storeOf().findDamage(storeOf().find('k')!)).toBeNull();
  });

  it('is not there while it is only prepared, and leaves nothing when discarded', async () => {
    const store = storeOf();
    const prepared = await store.prepare(plan(), root);
    expect(store.find('k')).toBeNull();
    await prepared.discard();
    expect(readdirSync(join(folder, 'plans'))).toEqual([]);
  });

  it.each([
    ['cut', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 100))],
    [
      'changed',
      (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('a b.c', 'a c.c')),
    ],
    ['emptied', (file: string) => writeFileSync(file, '')],
    ['removed', (file: string) => rmSync(file)],
  ])('is as if it were not there when its list is %s', async (_how, damage) => {
    const store = storeOf();
    await keep('k', store);
    expect(store.find('k')).not.toBeNull();
    damage(join(folder, 'plans/k/plan.json'));
    expect(store.find('k')).toBeNull();
  });

  it.each([
    ['changed', (file: string) => writeFileSync(file, 'abject')],
    ['longer', (file: string) => appendFileSync(file, '!')],
    ['removed', (file: string) => rmSync(file)],
  ])('is damaged when a file of it is %s, also after it was whole', async (_how, damage) => {
    const store = storeOf();
    await keep('k', store);
    const stored = store.find('k')!;
    expect(store.findDamage(stored)).toBeNull();
    const file = join(stored.keptFolder, 'obj/main.o');
    damage(file);
    expect(store.findDamage(stored)).toBe(file);
    expect(storeOf().findDamage(storeOf().find('k')!)).toBe(file);
  });
});

it('The least recently used plans go when there is no room, the newest never', async () => {
  const store = storeOf(1);
  const used = (key: string, at: number) =>
    utimesSync(join(folder, 'plans', key, 'used'), new Date(at), new Date(at));
  const wide = storeOf();
  for (const [index, key] of ['a', 'b', 'c'].entries()) {
    await keep(key, wide);
    used(key, Date.now() - 100_000 + index * 1000);
  }
  // As the store counts: whole blocks, of which each plan has the same number.
  wide.find('a');
  await keep('d', store);
  expect(readdirSync(join(folder, 'plans'))).toEqual(['d']);
});

it('What a crash left half made goes once it is old', async () => {
  const left = join(folder, 'plans/.new-0123456789abcdef');
  mkdirSync(left, { recursive: true });
  await keep('a');
  expect(readdirSync(join(folder, 'plans'))).toContain('.new-0123456789abcdef');
  utimesSync(left, new Date(0), new Date(0));
  await keep('b');
  expect(readdirSync(join(folder, 'plans')).sort()).toEqual(['a', 'b']);
});
