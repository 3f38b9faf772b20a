/** `GET /kiln/v1/jobs/<id>/events`: a job's story, live. Knowing the id is the permission. */
import { z } from 'zod';
import type { Api, ApiDependencies } from '../dependencies.ts';
import type { SendEvents } from '../event-stream.ts';
import { jobStory } from '../job-story.ts';
import { jobParamsSchema } from '../schemas/contract-compile.ts';
import { errorsOf } from '../schemas/errors.ts';
import { findJob } from './compile-jobs.ts';

/** Loose, since the other headers are needed too. */
const resumeSchema = z.looseObject({
  'last-event-id': z.string().optional().describe('Events after this one are sent'),
});

export function kilnJobEventRoutes(
  app: Api,
  { queue }: ApiDependencies,
  sendEvents: SendEvents,
): void {
  app.get(
    '/kiln/v1/jobs/:id/events',
    {
      schema: {
        summary: 'A job’s state, progress and log as server-sent events',
        description:
          'Events are `state` {at, state}, `progress` {at, stage, fraction?} and `log` {at, lines}, each ' +
          'with its number as id, and at last `end` {state}, after which the stream ends.',
        tags: ['jobs'],
        params: jobParamsSchema,
        headers: resumeSchema,
        response: {
          200: {
            description: 'The events so far, then each as it happens',
            content: { 'text/event-stream': { schema: z.string() } },
          },
          ...errorsOf(404),
        },
      },
    },
    async (request, reply) => {
      const { id } = await findJob(queue, request.params.id);
      const seen = request.headers['last-event-id'] ?? '';
      // Anything that is no number of ours starts the story from its beginning.
      const afterSeq = /^\d{1,15}$/.test(seen) ? Number(seen) : 0;
      return sendEvents(request, reply, (signal) => jobStory(queue, id, afterSeq, signal));
    },
  );
}
