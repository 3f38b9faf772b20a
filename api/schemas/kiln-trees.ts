/** Bodies of what changes firmware trees, and of work that goes on in the background. */
import { z } from 'zod';
import { errorReportSchema } from './errors.ts';

export const newTreeBody = z.object({
  name: z.string().max(64).describe('Lower-case letters, digits, - and _, at most 32'),
  source: z
    .string()
    .max(2000)
    .describe('An absolute folder, used in place and never written to, or a git address[@ref]'),
});

export const treeToolchainBody = z.object({
  folder: z
    .string()
    .max(4096)
    .nullable()
    .describe('A staged toolchain, or a folder with a bin; null for the usual tools again'),
});

export const treePreviewSchema = z
  .object({
    from: z.string().describe('The commit in use'),
    to: z.string().describe('The commit that an update would go to'),
    files: z.int().describe('Files that differ, in all of the tree'),
    shared: z.int().describe('Of these, files that any keyboard may be built from'),
    keyboards: z.object({
      added: z.array(z.string()),
      changed: z.array(z.string()),
      removed: z.array(z.string()),
    }),
  })
  .meta({ id: 'TreePreview' });

const time = z.int().describe('Milliseconds since the epoch');

export const workSchema = z
  .object({
    kind: z.enum([
      'add-tree',
      'update-tree',
      'preview-tree',
      'install-toolchain',
      'repair-toolchain',
    ]),
    subject: z.string().describe('The tree’s name, or «toolchain»'),
    state: z.enum(['running', 'done', 'failed']),
    line: z.string().nullable().describe('The last line of the tool that does it'),
    error: errorReportSchema.nullable(),
    preview: treePreviewSchema
      .nullable()
      .describe('Of a preview that is done; null when the tree is up to date'),
    startedAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: 'Work' });
export type WorkView = z.infer<typeof workSchema>;

export const workListSchema = z
  .object({ work: z.array(workSchema).describe('In hand, and the last of each subject') })
  .meta({ id: 'WorkList' });

export const checksSchema = z
  .object({
    checks: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        state: z.enum(['ok', 'warning', 'failed']).describe('failed: the main job cannot run'),
        message: z.string(),
        remedy: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Checks' });
