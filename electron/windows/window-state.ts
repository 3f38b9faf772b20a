/** Where the window was, and where it may be again: the screens may have changed meanwhile. Pure. */

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowState {
  /** Of the window when it is neither maximised nor full screen; null where the system shall choose the place. */
  readonly bounds: Rectangle | null;
  readonly maximised: boolean;
}

/** The app's layout works from here up. */
export const LEAST = { width: 900, height: 600 };
const FIRST: Rectangle = { x: 0, y: 0, width: 1280, height: 800 };
/** So much of the title bar has to be within reach, or the window could not be moved back. */
const REACH = { width: 120, height: 40 };

const isWhole = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 100_000;

/** Reads what an earlier run wrote; anything else is no state. */
export function parseWindowState(text: string): WindowState | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { bounds, maximised } = value as { bounds?: unknown; maximised?: unknown };
  if (typeof maximised !== 'boolean') return null;
  if (bounds === null) return { bounds, maximised };
  const { x, y, width, height } = (bounds ?? {}) as Partial<Record<keyof Rectangle, unknown>>;
  if (!isWhole(x) || !isWhole(y) || !isWhole(width) || !isWhole(height)) return null;
  return { bounds: { x, y, width, height }, maximised };
}

function overlap(from: number, length: number, otherFrom: number, otherLength: number): number {
  return Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom);
}

/**
 * @param workAreas of all screens, the first being the main one.
 * @returns the size that fits the screen; with the place of old if its title bar can be reached there, else without.
 */
export function placeWindow(
  state: WindowState | null,
  workAreas: readonly Rectangle[],
): { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number } {
  const bounds = state?.bounds ?? null;
  const wanted = bounds ?? FIRST;
  const within = workAreas.find(
    (area) =>
      overlap(wanted.x, wanted.width, area.x, area.width) >= REACH.width &&
      wanted.y >= area.y &&
      wanted.y + REACH.height <= area.y + area.height,
  );
  const area = within ?? workAreas[0];
  const clamp = (size: number, least: number, most: number | undefined) =>
    Math.max(least, Math.min(size, most ?? size));
  const width = clamp(wanted.width, LEAST.width, area?.width);
  const height = clamp(wanted.height, LEAST.height, area?.height);
  if (bounds === null || within === undefined) return { width, height };
  return { x: bounds.x, y: bounds.y, width, height };
}
