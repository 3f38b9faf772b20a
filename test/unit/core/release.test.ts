import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RELEASE } from '../../../core/release.ts';

it('The release is the version of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(RELEASE).toBe(version);
  expect(RELEASE).toMatch(/^\d+\.\d+\.\d+/);
});
