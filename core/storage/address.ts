/** Where an artifact lies within its store: the job's id and a plain name, checked before they become part of a path. */
import { KilnError } from '../errors.ts';
import { isJobId } from '../queue/contract.ts';

/** Short enough that the temporary name, 22 longer, fits everywhere. No trailing dot: Windows drops it. */
const ARTIFACT_NAME = /^[A-Za-z0-9_-](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9_-])?$/;

/** Whether a file's name has the form that the contract asks for. */
export function isArtifactName(name: string): boolean {
  return ARTIFACT_NAME.test(name);
}

/** Whether an artifact may lie there; anything else is unknown before any look-up. */
export function isAddress(jobId: string, name: string): boolean {
  return isJobId(jobId) && isArtifactName(name);
}

/** @throws KilnError `internal.defect`: callers make names of checked parts. */
export function checkAddress(jobId: string, name: string): void {
  if (isAddress(jobId, name)) return;
  throw new KilnError('internal.defect', `Not an artifact's address: ${jobId}/${name}.`);
}

/** @throws KilnError `job.no-file`: how every store says that there is no such artifact. */
export function noSuchFile(jobId: string, name: string): KilnError {
  return new KilnError('job.no-file', `Job ${jobId} has no file ${name}.`);
}
