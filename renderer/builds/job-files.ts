/** What a job left, by address, and how it is made again. */
import type { Job } from './follow-job.ts';

type FileKind = 'download' | 'keymap' | 'source' | 'keymap.c';

export function fileOf(id: string, kind: FileKind): string {
  return kind === 'keymap.c' ? `/kiln/v1/jobs/${id}/keymap.c` : `/v1/compile/${id}/${kind}`;
}

/** What repeats the build from the downloaded keymap, in a terminal. */
export function commandOf({ tree, keyboard, keymap }: NonNullable<Job['build']>): string {
  // As the service names the file.
  return `kiln compile ${keyboard.replaceAll('/', '-')}-${keymap}.json --tree ${tree}`;
}
