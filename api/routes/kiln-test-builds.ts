/** `/kiln/v1/trees/<tree>/test-builds`: which keyboards build, and how far the test builds are. */
import type { Api, ApiDependencies } from '../dependencies.ts';
import { type KeyboardSource, sourceOf, treeParamsSchema } from '../keyboard-source.ts';
import { errorsOf, unchangedAnswer } from '../schemas/errors.ts';
import {
  type TestBuildsView,
  testBuildsQuerySchema,
  testBuildsSchema,
} from '../schemas/kiln-test-builds.ts';
import { isUnchanged } from '../validators.ts';
import { type BuildVerdict, brokenKeyboards, buildVerdicts } from '../views/build-records.ts';

type Verdict = TestBuildsView['keyboards'][number]['verdict'];

function wordFor({ works, warnings }: BuildVerdict): Verdict {
  if (!works) return 'failing';
  return warnings ? 'warning' : 'passing';
}

/** Which state of the tree each keyboard was tested of; a keyboard that cannot be read any more has none. */
async function testedVersions(source: KeyboardSource): Promise<ReadonlyMap<string, string>> {
  const versions = new Map(
    source.tests.summaries(source.tree.name).map(({ keyboard, version }) => [keyboard, version]),
  );
  for (const { name } of await brokenKeyboards(source)) versions.delete(name);
  return versions;
}

export function kilnTestBuildRoutes(app: Api, dependencies: ApiDependencies): void {
  app.get(
    '/kiln/v1/trees/:tree/test-builds',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Which keyboards of a tree build, as test builds found',
        tags: ['trees'],
        security: [{ sessionToken: [] }],
        params: treeParamsSchema,
        querystring: testBuildsQuerySchema,
        response: { 200: testBuildsSchema, 304: unchangedAnswer, ...errorsOf(400, 401, 404) },
      },
    },
    async (request, reply) => {
      const source = await sourceOf(request.params.tree, dependencies);
      const { since } = request.query;
      const verdicts = await buildVerdicts(source);
      const versions = await testedVersions(source);
      const keyboards = [...verdicts].map(([keyboard, verdict]) => ({
        keyboard,
        verdict: wordFor(verdict),
        testedAt: verdict.last_tested * 1000,
        version: versions.get(keyboard) ?? null,
      }));
      const count = (wanted: Verdict) =>
        keyboards.filter(({ verdict }) => verdict === wanted).length;
      const names = await source.catalogue.keyboards();
      const untested = names.filter((name) => !verdicts.has(name));
      const { state, tree, keyboard, yielded } = dependencies.testerStatus();
      const isThis = tree === source.tree.name;
      const view: TestBuildsView = {
        state,
        tree: source.tree.name,
        keyboard: isThis ? keyboard : null,
        yielded,
        counts: {
          failing: count('failing'),
          warning: count('warning'),
          passing: count('passing'),
          untested: untested.length,
        },
        keyboards: keyboards.filter(({ testedAt }) => testedAt >= (since ?? 0)),
        untested: since === undefined ? untested : [],
      };
      // Thousands of keyboards, asked for again and again by whoever looks at the page.
      return isUnchanged(request, reply, JSON.stringify(view)) ? reply : view;
    },
  );
}
