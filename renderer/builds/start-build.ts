/** Build and cancel: the two verbs of a build, for whoever has a keymap. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from '../api/client.ts';
import { showBuild } from '../workspace/workspace.ts';
import { jobKey } from './follow-job.ts';

/** A keymap as QMK's keymap.json has it; the service checks it member by member. */
export interface KeymapFile {
  readonly keyboard: string;
  readonly keymap: string;
  readonly layout: string;
  readonly layers: readonly (readonly string[])[];
  /** Firmware tree; the default one without it. */
  readonly branch?: string;
  readonly [member: string]: unknown;
}

/** Starts a build and puts it into the dock. Fails with a `ServiceError` that says what is wrong with the keymap. */
export function useStartBuild() {
  return useMutation({
    mutationFn: async (keymap: KeymapFile) => {
      const { job_id } = await post('/v1/compile', { body: keymap as never });
      return job_id;
    },
    onSuccess: (id) => showBuild(id),
  });
}

/** Queues a job's keymap once more and puts it into the dock, however the job ended. */
export function useRetryBuild() {
  return useMutation({
    mutationFn: (id: string) => post('/kiln/v1/jobs/{id}/retry', { path: { id } }),
    onSuccess: ({ id }) => showBuild(id),
  });
}

export function useCancelBuild() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => post('/kiln/v1/jobs/{id}/cancel', { path: { id } }),
    onSuccess: (job) => client.setQueryData(jobKey(job.id), job),
  });
}
