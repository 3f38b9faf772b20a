import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../api/client.ts';
import { isEnded, type Job, useJobLog } from './follow-job.ts';
import { LogLines } from './log-lines.tsx';

/** A build's log as it comes; whole once the build has ended. */
export function BuildLog({ job }: { readonly job: Job }) {
  const live = useJobLog(job.id);
  const { data: kept } = useQuery({
    queryKey: ['job', job.id, 'output'],
    queryFn: ({ signal }) => get('/v1/compile/{id}', { path: { id: job.id }, signal }),
    // What was followed live is here already.
    enabled: isEnded(job) && live.length === 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const lines = useMemo(
    () => (live.length > 0 ? live : (kept?.result?.output ?? '').split('\n')),
    [live, kept],
  );
  return <LogLines lines={lines} />;
}
