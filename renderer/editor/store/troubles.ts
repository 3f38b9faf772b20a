/** Keys that the service found fault with: by the live check, or, without one, by the last build of this keymap. */
import { create } from 'zustand';

export interface Trouble {
  readonly layer: number;
  /** Position in the layer. */
  readonly index: number;
  readonly message: string;
}

interface Troubles {
  readonly ofBuild: readonly Trouble[];
  /** Null while there is no answer about the keymap as it is now. */
  readonly live: readonly Trouble[] | null;
}

const useTroubleStore = create<Troubles>(() => ({ ofBuild: [], live: null }));

export function useTroubles(): readonly Trouble[] {
  return useTroubleStore(({ ofBuild, live }) => live ?? ofBuild);
}

export function setBuildTroubles(ofBuild: readonly Trouble[]): void {
  useTroubleStore.setState({ ofBuild });
}

export function setLiveTroubles(live: readonly Trouble[] | null): void {
  useTroubleStore.setState({ live });
}
