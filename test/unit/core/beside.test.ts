import { join } from 'node:path';
import { expect, it } from 'vitest';
import { besideService } from '../../../core/beside.ts';

it('What a package brings along lies beside its folder service', () => {
  expect(besideService('tree', join('/opt', 'Kiln', 'resources', 'service'))).toBe(
    join('/opt', 'Kiln', 'resources', 'tree'),
  );
});

it.each([join('/home', 'me', 'kiln'), join('/srv', 'my-service')])(
  'A checkout in %s takes nothing beside it for Kiln’s',
  (home) => {
    expect(besideService('tree', home)).toBeNull();
    expect(besideService('tree')).toBeNull();
  },
);
