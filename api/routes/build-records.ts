/** `GET /v1/keyboards/build_status` and its sisters: which keyboards work, as far as it is known. */
import type { z } from 'zod';
import type { Api } from '../dependencies.ts';
import type { KeyboardFamily } from '../keyboard-source.ts';
import { sendJson } from '../plugins/compression.ts';
import {
  type BuildRecord,
  buildLogSchema,
  buildStatusSchema,
  buildSummarySchema,
  errorLogSchema,
} from '../schemas/contract-builds.ts';
import { errorsOf, unchangedAnswer } from '../schemas/errors.ts';
import { isUnchanged } from '../validators.ts';
import { buildRecords } from '../views/build-records.ts';

interface RecordRoute {
  readonly path: string;
  readonly summary: string;
  readonly schema: z.ZodType;
  /** What the route says of a keyboard; undefined leaves it out. */
  readonly view: (record: BuildRecord) => unknown;
}

const ROUTES: readonly RecordRoute[] = [
  {
    path: 'build_status',
    summary: 'Whether each keyboard’s last test build went well',
    schema: buildStatusSchema,
    view: ({ works }) => works,
  },
  {
    path: 'build_summary',
    summary: 'Each keyboard’s last test build, without its output',
    schema: buildSummarySchema,
    view: ({ works, warnings, last_tested }) => ({ works, warnings, last_tested }),
  },
  {
    path: 'build_log',
    summary: 'Each keyboard’s last test build',
    schema: buildLogSchema,
    view: (record) => record,
  },
  {
    path: 'error_log',
    summary: 'What is wrong with keyboards that do not work',
    schema: errorLogSchema,
    view: ({ works, message }) => (works ? undefined : { severity: 'error', message }),
  },
];

export function buildRecordRoutes(app: Api, family: KeyboardFamily): void {
  for (const { path, summary, schema, view } of ROUTES) {
    app.get(
      `${family.root}/v1/keyboards/${path}`,
      {
        schema: {
          summary,
          tags: [family.tag],
          params: family.params,
          response: { 200: schema, 304: unchangedAnswer, ...errorsOf(404) },
        },
      },
      async (request, reply) => {
        const records = await buildRecords(await family.source(request));
        const entries = [...records].map(([name, record]) => [name, view(record)]);
        const text = JSON.stringify(Object.fromEntries(entries));
        return isUnchanged(request, reply, text) ? reply : sendJson(request, reply, text);
      },
    );
  }
}
