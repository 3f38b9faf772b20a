/** What the person works on: which keyboard, and which build was the last. Kept over reloads. */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

export interface CurrentKeyboard {
  readonly tree: string;
  readonly keyboard: string;
}

interface Workspace {
  readonly current: CurrentKeyboard | null;
  /** Newest first, without doubles. */
  readonly recent: readonly CurrentKeyboard[];
  /** The build that the dock shows. */
  readonly jobId: string | null;
}

const RECENT = 8;

export const useWorkspace = create<Workspace>()(
  persist((): Workspace => ({ current: null, recent: [], jobId: null }), {
    name: 'kiln.workspace',
    version: 1,
    storage: createJSONStorage(() => localStorage),
  }),
);

export function openKeyboard({ tree, keyboard }: CurrentKeyboard): void {
  const opened = { tree, keyboard };
  useWorkspace.setState(({ recent }) => ({
    current: opened,
    recent: [
      opened,
      ...recent.filter((other) => other.tree !== tree || other.keyboard !== keyboard),
    ].slice(0, RECENT),
  }));
}

/** Puts a build into the dock. */
export function showBuild(jobId: string | null): void {
  useWorkspace.setState({ jobId });
}

/** A key that a build's error names; the editor shows it and forgets it. */
export interface KeyToShow {
  readonly layer: number;
  /** Position in the layer's list. */
  readonly index: number;
}

export const useKeyToShow = create<{ key: KeyToShow | null }>(() => ({ key: null }));

export function showKey(key: KeyToShow | null): void {
  useKeyToShow.setState({ key });
}
