/** The keys that the build in the dock found fault with, until they are changed. */
import { useEffect, useMemo } from 'react';
import { isEnded, useJob } from '../builds/follow-job.ts';
import { useWorkspace } from '../workspace/workspace.ts';
import type { EditedKeymap } from './keymap/document.ts';
import { setBuildTroubles, type Trouble } from './store/troubles.ts';

const NONE: readonly Trouble[] = [];

export function useBuildTroubles(keyboard: string, keymap: EditedKeymap | null): void {
  const jobId = useWorkspace((state) => state.jobId);
  const { data: job } = useJob(jobId);
  const errors = useMemo(() => {
    if (job === undefined || !isEnded(job) || job.build?.keyboard !== keyboard) return [];
    return job.result?.errors ?? [];
  }, [job, keyboard]);
  useEffect(() => {
    const layers = keymap?.document.layers ?? [];
    const left = errors.flatMap(({ layer, index, keycode, message }): Trouble[] => {
      if (layer === undefined || index === undefined) return [];
      // What the key holds now is another thing than what was built.
      const isSame = keycode !== undefined && (layers[layer]?.[index] ?? '').includes(keycode);
      return isSame ? [{ layer, index, message }] : [];
    });
    setBuildTroubles(left.length === 0 ? NONE : left);
  }, [errors, keymap]);
}
