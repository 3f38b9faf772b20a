import { createContext, runInContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { PAGE_BRIDGE, PAGE_BRIDGE_NAME } from '../../../../electron/preload/page-bridge.ts';

type PageBridge = Record<string, unknown> & {
  flashURL(url: unknown, keyboard: unknown, fileName: unknown): void;
  flashFile(): void;
};

/** A page's world after the preload, before the app's own scripts. */
function page(shell: object): { readonly Bridge: PageBridge } {
  const window: Record<string, unknown> = { [PAGE_BRIDGE_NAME]: Object.freeze(shell) };
  runInContext(PAGE_BRIDGE, createContext({ window }));
  return window as { readonly Bridge: PageBridge };
}

test('the app may set what it sets at its start', () => {
  const { Bridge } = page({});
  const append = vi.fn();
  Bridge.autoFlash = true;
  Bridge.statusAppend = append;
  Bridge.statusAppendNoLF = append;
  expect(Bridge).toMatchObject({ autoFlash: true, statusAppend: append });
  expect(Object.isFrozen(Bridge)).toBe(false);
});

test('it switches the app’s button for files on', () => {
  expect(page({}).Bridge.enableFlashing).toBe(true);
});

test('what the shell answers is said in the app’s own terminal', async () => {
  const flashImage = vi.fn(async () => ['one', 'two']);
  const { Bridge } = page({ flashImage, flashFile: async () => ['three'] });
  const said: string[] = [];
  Bridge.statusAppend = (line: string) => said.push(line);
  Bridge.flashURL('http://localhost:5001/x', 'planck/rev6', 'planck.hex');
  Bridge.flashFile();
  await vi.waitFor(() => expect(said.sort()).toEqual(['one', 'three', 'two']));
  expect(flashImage).toHaveBeenCalledWith({
    url: 'http://localhost:5001/x',
    keyboard: 'planck/rev6',
    fileName: 'planck.hex',
  });
});

test('a refusal is said as well', async () => {
  const { Bridge } = page({ flashImage: () => Promise.reject(new Error('refused')) });
  const said: string[] = [];
  Bridge.statusAppend = (line: string) => said.push(line);
  Bridge.flashURL(undefined, null, {});
  await vi.waitFor(() => expect(said).toEqual(['refused']));
});
