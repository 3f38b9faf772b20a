import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const home = join(import.meta.dirname, '../../..');
// Plain JavaScript without declarations: taken as it is.
const { isSupportedNode } = await import(
  new URL('../../../cli/node-version.js', import.meta.url).href
);

describe('isSupportedNode', () => {
  it.each([
    ['18.20.8', '9', false],
    ['20.20.2', '9', false],
    ['22.22.1', '10', false],
    ['22.22.2', '10', true],
    ['23.11.1', '10', false],
    ['24.14.9', '10', false],
    ['24.15.0', '10', true],
    ['25.9.0', '10', false],
    ['26.0.0', '10', true],
    ['27.1.0', '11', true],
    ['26.0.0', '9', false],
    ['26.0.0', undefined, false],
  ])('judges Node %s with Node-API %s', (node, napi, expected) => {
    expect(isSupportedNode({ node, napi })).toBe(expected);
  });

  it('agrees with what package.json promises', () => {
    const { engines } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    expect(engines.node).toBe('^22.22.2 || ^24.15.0 || >=26');
  });
});
