/** What the hosted API once counted and no longer does: it answers, always the same, and so does Kiln. */
import { z } from 'zod';
import { KilnError } from '../../core/errors.ts';
import type { Api } from '../dependencies.ts';
import { errorsOf } from '../schemas/errors.ts';

const METRICS = ['keyboards', 'locations'] as const;

export function hostedExtraRoutes(app: Api): void {
  for (const metric of METRICS) {
    const schema = {
      summary: 'Nothing: Kiln counts nobody',
      tags: ['metrics'],
      response: { 200: z.object({ [metric]: z.object({}) }), ...errorsOf(404) },
    };
    app.get(`/v1/metrics/${metric}`, { schema }, async () => ({ [metric]: {} }));
    app.get(
      `/v1/metrics/${metric}/days/:days`,
      { schema: { ...schema, params: z.object({ days: z.string().describe('A number') }) } },
      async ({ params }) => {
        if (/^\d+$/.test(params.days)) return { [metric]: {} };
        throw new KilnError('request.not-found', 'Days are counted by a number.');
      },
    );
  }
  // In a scope of its own: whatever is sent there is taken and dropped.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null));
    scope.post(
      '/v1/telemetry',
      {
        schema: {
          summary: 'Nothing: what is sent is not kept',
          tags: ['metrics'],
          response: { 200: z.object({ message: z.string() }), ...errorsOf(413, 415) },
        },
      },
      async () => ({ message: 'Thanks for helping to improve QMK!' }),
    );
  });
}
