/** Build and flash: the dock's verb, lent to it by the page that has a keymap in hand. */
import { useEffect } from 'react';
import { create } from 'zustand';

interface DockBuild {
  /** Starts a build of what is in hand, and gives its id; null where nothing is. */
  readonly build: (() => Promise<string>) | null;
  /** The build that is to be flashed as soon as it has an image. */
  readonly flashWhenBuilt: string | null;
}

export const useDockBuild = create<DockBuild>(() => ({ build: null, flashWhenBuilt: null }));

/** Lends the verb while the caller is shown. @param build null while there is nothing to build */
export function useLentBuild(build: (() => Promise<string>) | null): void {
  useEffect(() => {
    useDockBuild.setState({ build });
    return () => useDockBuild.setState({ build: null });
  }, [build]);
}

export function flashWhenBuilt(jobId: string | null): void {
  useDockBuild.setState({ flashWhenBuilt: jobId });
}
