import { describe, expect, it } from 'vitest';
import { createBrowserCodes } from '../../../../core/access/browser-codes.ts';

describe('one-time codes', () => {
  it('let somebody in once', () => {
    const codes = createBrowserCodes();
    const code = codes.issue();
    expect(codes.redeem(code)).toBe(true);
    expect(codes.redeem(code)).toBe(false);
  });

  it('hold for ten minutes', () => {
    let now = 0;
    const codes = createBrowserCodes(() => now);
    const [early, late] = [codes.issue(), codes.issue()];
    now = 10 * 60_000 - 1;
    expect(codes.redeem(early)).toBe(true);
    now += 1;
    expect(codes.redeem(late)).toBe(false);
  });

  it('are nothing that was not issued, and differ', () => {
    const codes = createBrowserCodes();
    expect(codes.redeem('')).toBe(false);
    expect(codes.redeem('x'.repeat(100_000))).toBe(false);
    const many = new Set(Array.from({ length: 100 }, () => codes.issue()));
    expect(many.size).toBe(100);
    for (const code of many) expect(code).toMatch(/^[\w-]{24}$/);
  });

  it('are bounded: the oldest of too many goes', () => {
    const codes = createBrowserCodes();
    const first = codes.issue();
    const second = codes.issue();
    for (let more = 0; more < 31; more += 1) codes.issue();
    expect(codes.redeem(first)).toBe(false);
    expect(codes.redeem(second)).toBe(true);
  });
});
