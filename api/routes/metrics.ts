/** `GET /metrics`: what Prometheus and its kin collect. */
import { z } from 'zod';
import { KilnError } from '../../core/errors.ts';
import type { Api } from '../dependencies.ts';
import type { Metrics } from '../metrics/counting.ts';
import { errorsOf } from '../schemas/errors.ts';

/** @param metrics null where they are turned off. */
export function metricsRoutes(app: Api, metrics: Metrics | null): void {
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Numbers for the operator, in Prometheus’s text form',
        tags: ['service'],
        response: {
          200: { description: 'Metrics', content: { 'text/plain': { schema: z.string() } } },
          ...errorsOf(404),
        },
      },
    },
    async (_request, reply) => {
      if (metrics === null) {
        throw new KilnError('request.not-found', 'Metrics are turned off here (SKIP_METRICS).');
      }
      const { contentType, text } = await metrics.read();
      return reply.type(contentType).header('cache-control', 'no-store').send(text);
    },
  );
}
