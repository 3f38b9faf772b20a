import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatPercent,
  formatRelative,
  formatTime,
} from '../../../renderer/i18n/format.ts';

beforeAll(() => i18next.init({ lng: 'en' }));

describe('numbers for people', () => {
  it.each([
    [0, '0 byte'],
    [999, '999 byte'],
    [1000, '1 kB'],
    [28_672, '28.7 kB'],
    [2_000_000, '2 MB'],
  ])('%i bytes are %s', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });

  it.each([
    [140, '0.14 sec'],
    [12_340, '12.3 sec'],
    [125_000, '2 min 5 sec'],
  ])('%i ms are %s', (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });

  it('are shares in whole percent', () => {
    expect(formatPercent(0.262)).toBe('26%');
  });

  it.each([
    [0, 'now'],
    [-30_000, '30 seconds ago'],
    [-180_000, '3 minutes ago'],
    [-86_400_000, 'yesterday'],
    [-40 * 86_400_000, 'last month'],
  ])('%i ms from now is %s', (offset, words) => {
    expect(formatRelative(1_000_000_000_000 + offset, 1_000_000_000_000)).toBe(words);
  });

  it('say the exact time with its seconds', () => {
    expect(formatTime(1_000_000_000_000)).toMatch(/2001.*\d:\d\d:40/);
  });

  it('follow the language', async () => {
    await i18next.changeLanguage('de');
    expect(formatBytes(28_672)).toBe('28,7 kB');
    expect(formatRelative(0, 86_400_000)).toBe('gestern');
    await i18next.changeLanguage('en');
  });
});
