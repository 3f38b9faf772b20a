/** Records of test builds, as the hosted API’s error page reads them. */
import { z } from 'zod';

export const buildRecordSchema = z
  .object({
    works: z.boolean(),
    warnings: z.boolean(),
    last_tested: z.int().describe('Seconds since the epoch'),
    message: z.string().describe('The output, or why there is none'),
  })
  .meta({ id: 'BuildRecord' });
export type BuildRecord = z.infer<typeof buildRecordSchema>;

const perKeyboard = <Value extends z.ZodType>(value: Value) =>
  z.record(z.string(), value).describe('By keyboard; one that was never tested is not there');

export const buildStatusSchema = perKeyboard(z.boolean());
export const buildSummarySchema = perKeyboard(buildRecordSchema.omit({ message: true }));
export const buildLogSchema = perKeyboard(buildRecordSchema);
export const errorLogSchema = perKeyboard(
  z.object({ severity: z.enum(['error', 'warning']), message: z.string() }),
);
