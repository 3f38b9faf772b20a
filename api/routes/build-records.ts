/** `GET /v1/keyboards/build_status` and its sisters: which keyboards work, as far as it is known. */
import type { z } from 'zod';
import type { Api } from '../dependencies.ts';
import type { KeyboardFamily, KeyboardSource } from '../keyboard-source.ts';
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
import { type BuildVerdict, buildRecords, buildVerdicts } from '../views/build-records.ts';

interface RecordRoute {
  readonly path: string;
  readonly summary: string;
  readonly schema: z.ZodType;
  /** By keyboard what the route says of it; undefined leaves it out. */
  readonly read: (source: KeyboardSource) => Promise<readonly (readonly [string, unknown])[]>;
}

async function ofVerdicts(source: KeyboardSource, view: (verdict: BuildVerdict) => unknown) {
  return [...(await buildVerdicts(source))].map(
    ([name, verdict]) => [name, view(verdict)] as const,
  );
}

async function ofRecords(source: KeyboardSource, view: (record: BuildRecord) => unknown) {
  return [...(await buildRecords(source))].map(([name, record]) => [name, view(record)] as const);
}

const ROUTES: readonly RecordRoute[] = [
  {
    path: 'build_status',
    summary: 'Whether each keyboard’s last test build went well',
    schema: buildStatusSchema,
    read: (source) => ofVerdicts(source, ({ works }) => works),
  },
  {
    path: 'build_summary',
    summary: 'Each keyboard’s last test build, without its output',
    schema: buildSummarySchema,
    read: (source) => ofVerdicts(source, (verdict) => verdict),
  },
  {
    path: 'build_log',
    summary: 'Each keyboard’s last test build',
    schema: buildLogSchema,
    read: (source) => ofRecords(source, (record) => record),
  },
  {
    path: 'error_log',
    summary: 'What is wrong with keyboards that do not work',
    schema: errorLogSchema,
    read: (source) =>
      ofRecords(source, ({ works, warnings, message }) => {
        if (!works) return { severity: 'error', message };
        return warnings ? { severity: 'warning', message } : undefined;
      }),
  },
];

export function buildRecordRoutes(app: Api, family: KeyboardFamily): void {
  for (const { path, summary, schema, read } of ROUTES) {
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
        const entries = await read(await family.source(request));
        const text = JSON.stringify(Object.fromEntries(entries));
        return isUnchanged(request, reply, text) ? reply : sendJson(request, reply, text);
      },
    );
  }
}
