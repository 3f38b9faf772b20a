/** The one shape of every answer that is not a success. */
import { z } from 'zod';

/** How an error is reported to programs, in answers and in a job's own view. */
export const errorReportSchema = z
  .object({
    code: z.string().describe('Stable; docs/errors.md explains each'),
    kind: z.enum(['user', 'environment', 'cancelled', 'defect']),
    message: z.string().describe('What happened, in a sentence'),
    remedy: z.string().describe('What to do about it, in a sentence'),
    details: z.record(z.string(), z.unknown()).optional().describe('Facts by name, per code'),
  })
  .meta({ id: 'ErrorReport' });

export const errorAnswerSchema = z
  .object({
    code: z.int().describe('The HTTP status'),
    message: z.string().describe('What happened and what to do, as one text'),
    error: errorReportSchema,
  })
  .meta({ id: 'Error' });
export type ErrorAnswer = z.infer<typeof errorAnswerSchema>;

/** 304: the client has it already. */
export const unchangedAnswer = z.null().describe('What the client has is still good');

/**
 * What any route may answer: a Host or Origin that is refused, another machine that was not let in or asks too often,
 * and a fault of ours or of the machine.
 */
const ALWAYS = [401, 403, 421, 429, 500] as const;

/** What any body may be refused for, also where none is asked for: its syntax, its size, its type. */
export const BODY_REFUSALS = [400, 413, 415] as const;

/**
 * A route's error answers.
 * @param statuses those beside the ones that every route has.
 */
export function errorsOf<Status extends number>(
  ...statuses: readonly Status[]
): Record<Status | (typeof ALWAYS)[number], typeof errorAnswerSchema> {
  return Object.fromEntries(
    [...statuses, ...ALWAYS].map((status) => [status, errorAnswerSchema]),
  ) as Record<Status | (typeof ALWAYS)[number], typeof errorAnswerSchema>;
}
