import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capabilityOf, capabilityPrefixOf, takeCapability } from '../../../api/capability-path.ts';

function take(url: string) {
  const message = { url };
  const path = takeCapability(message);
  return { path, capability: capabilityOf(message), prefix: capabilityPrefixOf(message) };
}

describe('an address', () => {
  it.each([
    ['/p/K7XQ2M9D/v1', '/v1'],
    ['/p/K7XQ2M9D/v1/compile', '/v1/compile'],
    ['/p/K7XQ2M9D//v1/compile', '/v1/compile'],
    ['//p/K7XQ2M9D/v1/compile?x=1', '/v1/compile?x=1'],
    ['/p/K7XQ2M9D/v1?x', '/v1?x'],
    ['/p/K7XQ2M9D/readme.md', '/readme.md'],
  ])('with a code loses it: %s', (url, path) => {
    expect(take(url)).toEqual({ path, capability: 'K7XQ2M9D', prefix: '/p/K7XQ2M9D' });
  });

  it.each([
    ['/p/K7XQ2M9D/kiln/v1/keys', '/p/K7XQ2M9D/kiln/v1/keys'],
    ['/p/K7XQ2M9D', '/p/K7XQ2M9D'],
    ['/p/K7XQ2M9D/', '/p/K7XQ2M9D/'],
    ['/p/K7XQ2M9D/v10', '/p/K7XQ2M9D/v10'],
    ['/p/short/v1', '/p/short/v1'],
    ['/p/K7XQ%2D2M9D/v1', '/p/K7XQ%2D2M9D/v1'],
    [`/p/${'x'.repeat(101)}/v1`, `/p/${'x'.repeat(101)}/v1`],
    ['/P/K7XQ2M9D/v1', '/P/K7XQ2M9D/v1'],
    ['//v1/compile', '/v1/compile'],
    ['/v1/p/K7XQ2M9D/v1', '/v1/p/K7XQ2M9D/v1'],
  ])('without one stays: %s', (url, path) => {
    expect(take(url)).toEqual({ path, capability: null, prefix: '' });
  });

  it('may be any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(take(`/p/${text}`).path.startsWith('/')).toBe(true);
      }),
    );
  });
});
