/** Keys that the service found fault with: by the live check, or by the last build of this keymap. */
import { create } from 'zustand';

export interface Trouble {
  readonly layer: number;
  /** Position in the layer. */
  readonly index: number;
  readonly message: string;
}

export const useTroubles = create<{ readonly errors: readonly Trouble[] }>(() => ({ errors: [] }));

export function setTroubles(errors: readonly Trouble[]): void {
  useTroubles.setState({ errors });
}
