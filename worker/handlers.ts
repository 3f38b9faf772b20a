/** Puts together what a worker can do, from settings and an open database. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { COMPILE } from '../core/compile/job.ts';
import type { Database } from '../core/db/database.ts';
import { treesFor } from '../core/hosts/offers.ts';
import type { JobQueue } from '../core/queue/contract.ts';
import { dataPaths, type Settings } from '../core/settings.ts';
import { openArtifactStore } from '../core/storage/open-store.ts';
import { createToolchain } from '../core/toolchain/toolchain.ts';
import { createToolchainOf } from '../core/toolchain/tree-toolchain.ts';
import type { FirmwareTree } from '../core/trees/contract.ts';
import { createGit } from '../core/trees/git.ts';
import { createTreeRegistry } from '../core/trees/registry.ts';
import { createTreeVersions } from '../core/trees/version.ts';
import type { Build, FindPlanKey } from './build/contract.ts';
import type { LaterPlans } from './build/plan/later-plans.ts';
import { createPlanStore } from './build/plan/plan-store.ts';
import type { Standby } from './build/plan/standby.ts';
import { buildQmk, findQmkPlanKey } from './build/qmk/build-qmk.ts';
import { buildStarter, findStarterPlanKey } from './build/starter/build-starter.ts';
import { type CompileEnvironment, compile } from './compile.ts';
import { coresFor } from './cores.ts';
import type { Sandbox } from './sandbox/contract.ts';
import { sandboxFor } from './sandbox/create-sandbox.ts';
import type { Handler } from './slot.ts';

function buildFor(tree: FirmwareTree): Build {
  return tree.kind === 'starter' ? buildStarter : buildQmk;
}

function planKeyFor(tree: FirmwareTree): FindPlanKey {
  return tree.kind === 'starter' ? findStarterPlanKey : findQmkPlanKey;
}

/** Everything that builds need, without a queue. */
export function compileEnvironment(
  settings: Settings,
  database: Database,
  sandbox: Sandbox = sandboxFor(settings),
): CompileEnvironment {
  const paths = dataPaths(settings);
  const toolchain = createToolchain(settings, paths);
  const git = createGit(toolchain);
  return {
    toolchain,
    toolchainOf: createToolchainOf(settings, paths, toolchain),
    sandbox,
    buildFor,
    planKeyFor,
    trees: createTreeRegistry({ database, folder: paths.trees, git }),
    store: openArtifactStore(settings),
    readVersion: createTreeVersions(git),
    buildsFolder: paths.builds,
    cacheFolder: paths.cache,
    plans: createPlanStore(join(paths.cache, 'plans'), settings.planCacheMebibytes * 1024 * 1024),
    dataFolder: settings.dataDir,
    parallel: async () => coresFor(availableParallelism(), settings.workers, settings.workers),
  };
}

/** What a worker has for its builds besides; nothing of it is needed. */
export interface HandlerOptions {
  readonly sandbox?: Sandbox;
  /** Tells how many others build; as many as there are workers when absent. */
  readonly queue?: Pick<JobQueue, 'counts'>;
  /** To be made ready by the caller, when there is nothing else to do. */
  readonly standby?: Standby;
  /** To be begun by the caller, after each job. */
  readonly laterPlans?: LaterPlans;
}

/** Every kind of job with the function that carries it out. */
export function createHandlers(
  settings: Settings,
  database: Database,
  { sandbox = sandboxFor(settings), queue, standby, laterPlans }: HandlerOptions = {},
): Record<string, Handler> {
  const base = compileEnvironment(settings, database, sandbox);
  const { workers } = settings;
  const parallel = async (): Promise<number> =>
    coresFor(availableParallelism(), workers, (await queue?.counts())?.running ?? workers);
  const environment: CompileEnvironment = {
    ...base,
    parallel,
    ...(standby === undefined ? {} : { standby }),
    ...(laterPlans === undefined ? {} : { laterPlans }),
  };
  return {
    [COMPILE]: (claim, context) =>
      compile(
        {
          jobId: claim.job.id,
          payload: claim.job.payload,
          timeoutMs: claim.job.timeLimitMs,
          ...context,
        },
        {
          ...environment,
          trees: treesFor(claim.job.needs, environment.trees, environment.readVersion),
        },
      ),
  };
}
