import { describe, expect, test } from 'vitest';
import { type MenuItem, type MenuState, menuItems } from '../../../../electron/menus/menu-items.ts';
import { de } from '../../../../electron/words/de.ts';
import { en } from '../../../../electron/words/en.ts';

const STATE: MenuState = {
  words: en,
  platform: 'linux',
  pageReady: true,
  hasConfigurator: true,
  ownsService: true,
  recent: ['/a/one.json', '/a/R&D.json'],
  isPackaged: true,
};

const flat = (items: readonly MenuItem[]): readonly MenuItem[] =>
  items.flatMap((item) => (item.type === 'menu' ? [item, ...flat(item.items)] : [item]));
const actions = (state: MenuState) =>
  flat(menuItems(state)).filter((item) => item.type === 'action');

describe.each(['linux', 'darwin', 'win32'] as const)('on %s', (platform) => {
  const all = actions({ ...STATE, platform });

  test('no accelerator stands for two things', () => {
    const keys = all.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('every menu has entries, none begins or ends with a line, or has two in a row', () => {
    for (const menu of flat(menuItems({ ...STATE, platform }))) {
      if (menu.type !== 'menu') continue;
      const types = menu.items.map(({ type }) => type);
      expect(types.at(0)).not.toBe('separator');
      expect(types.at(-1)).not.toBe('separator');
      expect(types.join(' ')).not.toContain('separator separator');
    }
  });

  test('settings, about and quit are there once', () => {
    for (const label of [en.settings, en.about, en.quit]) {
      expect(all.filter((item) => item.label === label)).toHaveLength(1);
    }
  });
});

test('what the page does is offered only while there is one', () => {
  for (const item of actions({ ...STATE, pageReady: false })) {
    expect(item.enabled && item.action.to === 'page').toBe(false);
  }
});

test('the Configurator and a new start are offered where they exist', () => {
  const enabled = (state: MenuState, label: string) =>
    actions(state).find((item) => item.label === label)?.enabled;
  expect(enabled(STATE, en.configurator)).toBe(true);
  expect(enabled({ ...STATE, hasConfigurator: false }, en.configurator)).toBe(false);
  expect(enabled({ ...STATE, ownsService: false }, en.restartService)).toBe(false);
});

test('recent files open by their path, with their name as it is', () => {
  const recent = actions(STATE).filter(
    ({ action }) => action.to === 'shell' && action.command === 'open-recent',
  );
  expect(recent.map(({ label, action }) => [label, action])).toEqual([
    ['/a/one.json', { to: 'shell', command: 'open-recent', path: '/a/one.json' }],
    ['/a/R&&D.json', { to: 'shell', command: 'open-recent', path: '/a/R&D.json' }],
  ]);
  const clear = actions({ ...STATE, recent: [] }).find(({ label }) => label === en.clearRecent);
  expect(clear?.enabled).toBe(false);
});

test('developer tools are for those who run from the sources', () => {
  const has = (isPackaged: boolean) =>
    flat(menuItems({ ...STATE, isPackaged })).some(
      (item) => item.type === 'role' && item.role === 'toggleDevTools',
    );
  expect([has(true), has(false)]).toEqual([false, true]);
});

test('every entry is in both languages', () => {
  const labels = (words: typeof en) => actions({ ...STATE, words }).map(({ label }) => label);
  expect(labels(de)).toHaveLength(labels(en).length);
  expect(labels(de)).not.toContain(en.quit);
});
