/** Keyboards that are plugged in come first, by name. What is attached is told in the service's place: this machine has none. */
import { expect, test } from '@playwright/test';
import type { components } from '../../../renderer/api/schema.d.ts';
import { Place } from '../../fixtures/service/place.ts';
import { barriersOf, openWindow } from '../support/window.ts';

type Device = components['schemas']['Device'];

const DEVICE: Device = {
  id: 'usb-1-1',
  instance: 'usb-1-1#1.2',
  kind: 'keyboard',
  title: 'Kiln Pad 4x4',
  bootloader: null,
  mcu: null,
  keyboards: [{ tree: 'starter', name: 'kiln/pad4x4' }],
  can: [],
  problems: [],
  usb: null,
  ports: [],
  volumes: [],
};

let place: Place;

test.beforeAll(async () => {
  place = new Place();
  await place.serve();
});

test.afterAll(() => place.close());

test('attached keyboards are first, known by the catalogue, and the editor says that one is there', async ({
  page,
}) => {
  let devices: readonly Device[] = [
    DEVICE,
    {
      ...DEVICE,
      id: 'usb-1-2',
      kind: 'bootloader',
      title: 'Caterina',
      keyboards: [],
    },
  ];
  await page.route('**/kiln/v1/devices', (route) =>
    route.fulfill({ json: { devices, trouble: null } }),
  );
  await openWindow(place, page);
  const attached = page.getByRole('region', { name: 'Attached' });
  await expect(attached.getByRole('link', { name: /Caterina/ })).toContainText(
    'Ready to be flashed',
  );
  expect(await barriersOf(page)).toEqual([]);
  await attached.getByRole('link', { name: 'kiln/pad4x4' }).click();
  const bar = page.getByRole('banner');
  await expect(bar.getByText('attached', { exact: true })).toBeVisible();
  devices = [];
  await expect(bar.getByText('attached', { exact: true })).toBeHidden();
});
