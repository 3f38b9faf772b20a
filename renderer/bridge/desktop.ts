/** The shell around this page, if there is one. */
import type { DesktopBridge } from './bridge.ts';

declare global {
  interface Window {
    /** Put there by the shell's preload before any script of the page runs; absent in a browser. */
    readonly kiln?: DesktopBridge;
  }
}

// Without a window at all in tests of what has none.
export const desktop: DesktopBridge | null = globalThis.window?.kiln ?? null;
