import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LEAST,
  parseWindowState,
  placeWindow,
  type Rectangle,
} from '../../../../electron/windows/window-state.ts';

const SCREEN: Rectangle = { x: 0, y: 0, width: 1920, height: 1050 };
const SECOND: Rectangle = { x: 1920, y: 0, width: 1280, height: 1024 };

const at = (x: number, y: number, width = 1000, height = 700) => ({
  bounds: { x, y, width, height },
  maximised: false,
});

describe('where a window comes up', () => {
  test('the first time in its first size, where the system wants it', () => {
    expect(placeWindow(null, [SCREEN])).toEqual({ width: 1280, height: 800 });
  });

  test('where it was', () => {
    expect(placeWindow(at(100, 80), [SCREEN])).toEqual({ x: 100, y: 80, width: 1000, height: 700 });
    expect(placeWindow(at(2000, 80), [SCREEN, SECOND])).toMatchObject({ x: 2000, y: 80 });
  });

  test('elsewhere when its screen is gone', () => {
    expect(placeWindow(at(2000, 80), [SCREEN])).toEqual({ width: 1000, height: 700 });
  });

  test('elsewhere when its title bar could not be reached', () => {
    expect(placeWindow(at(100, -300), [SCREEN])).not.toHaveProperty('y');
    expect(placeWindow(at(100, 1040), [SCREEN])).not.toHaveProperty('y');
    expect(placeWindow(at(-950, 80), [SCREEN])).not.toHaveProperty('x');
  });

  test('no larger than its screen, and no smaller than the app’s layout', () => {
    const small: Rectangle = { x: 0, y: 0, width: 1024, height: 640 };
    expect(placeWindow(at(0, 0, 3000, 2000), [small])).toMatchObject({ width: 1024, height: 640 });
    expect(placeWindow(at(0, 0, 10, 10), [SCREEN])).toMatchObject(LEAST);
  });
});

describe('what an earlier run wrote', () => {
  test('is read back', () => {
    expect(parseWindowState(JSON.stringify(at(1, 2)))).toEqual(at(1, 2));
    expect(parseWindowState('{"bounds":null,"maximised":true}')).toEqual({
      bounds: null,
      maximised: true,
    });
  });

  test.each(['', 'null', '[]', '{}', '{"bounds":{},"maximised":true}', '{"bounds":null}'])(
    '%s is no state',
    (text) => expect(parseWindowState(text)).toBeNull(),
  );

  test('numbers that no screen has are no state', () => {
    expect(parseWindowState(JSON.stringify(at(1e9, 0)))).toBeNull();
    expect(parseWindowState(JSON.stringify(at(0.5, 0)))).toBeNull();
  });

  test('whatever it was, a window of a sane size comes of it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { width, height } = placeWindow(parseWindowState(text), [SCREEN]);
        expect(width).toBeGreaterThanOrEqual(LEAST.width);
        expect(height).toBeLessThanOrEqual(SCREEN.height);
      }),
    );
  });
});
