/** What the HTTP API is given: it makes none of these parts itself, so that tests can hand in their own. */
import type {
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { BrowserCodes } from '../core/access/browser-codes.ts';
import type { ApiKeys, Pairings } from '../core/access/contract.ts';
import type { SessionToken } from '../core/access/session-token.ts';
import type { UseCounter } from '../core/access/use-counter.ts';
import type { BackgroundWork } from '../core/background/work.ts';
import type { Catalogues } from '../core/catalogue/contract.ts';
import type { Checks } from '../core/compile/check.ts';
import type { Check } from '../core/doctor/checks.ts';
import type { NeededBuild } from '../core/hosts/offers.ts';
import type { Logger } from '../core/log.ts';
import type { LogLevel } from '../core/log-level.ts';
import type { JobQueue } from '../core/queue/contract.ts';
import type { RedisConnection } from '../core/queue/redis/connection.ts';
import type { SandboxStatus } from '../core/sandbox-status.ts';
import type { Schedule } from '../core/schedule/contract.ts';
import type { Settings } from '../core/settings.ts';
import type { ArtifactStore } from '../core/storage/contract.ts';
import type { TesterStatus, TestRecords } from '../core/test-builds/contract.ts';
import type { EditableTreeRegistry } from '../core/trees/registry.ts';
import type { FlashService } from '../flash/flash-service.ts';
import type { AppWindow } from './app-files.ts';

export interface WorkerHealth {
  readonly id: string;
  /** Its process runs and answers. */
  readonly alive: boolean;
  /** Milliseconds since the epoch; null before the first sign of life. */
  readonly lastHeartbeatAt: number | null;
}

export interface WorkerPong {
  readonly id: string;
  /** Milliseconds until it answered. */
  readonly ms: number | null;
  readonly jobId: string | null;
}

export interface ServiceHealth {
  readonly workers: readonly WorkerHealth[];
  /** When the schedule last beat; absent where none runs. Milliseconds since the epoch; null before the first beat. */
  readonly scheduleBeatAt?: number | null;
  /** How builds are contained; absent while that is not known. */
  readonly sandbox?: SandboxStatus;
  /** Random, new at each start; absent where nobody has to tell services apart. */
  readonly instance?: string;
  /** How much of the toolchain is unpacked, 0 to 1; absent unless that is under way. */
  readonly unpacking?: number;
  /** The service is told to end and goes on only until load balancers have seen it. */
  readonly draining?: boolean;
}

/** Where the hosts of one service meet. */
export interface SharedRedis {
  readonly redis: Pick<RedisConnection, 'client'>;
  /** Before every key. */
  readonly prefix: string;
}

export interface ApiDependencies {
  readonly settings: Settings;
  readonly queue: JobQueue;
  readonly store: ArtifactStore;
  readonly trees: EditableTreeRegistry;
  readonly catalogues: Catalogues;
  /** What keymaps would become, while they are being arranged. */
  readonly liveCheck: Checks;
  readonly flash: FlashService;
  readonly log: Logger;
  /** The session token that opens what changes state or reveals more than the public contract. */
  readonly token: SessionToken;
  readonly keys: ApiKeys;
  readonly pairings: Pairings;
  /** Absent where one host is all of the service. */
  readonly shared?: SharedRedis | undefined;
  /** Is told of each use of a key. */
  readonly keyUses: Pick<UseCounter, 'note'>;
  readonly browserCodes: BrowserCodes;
  readonly window: AppWindow;
  /** Kiln's version, as `/v1` shows it. */
  readonly version: string;
  /** How the command line is called on this machine; see core/own-command.ts. */
  readonly command: string;
  /** Clones, updates, installations. */
  readonly work: BackgroundWork;
  /** Looks whether this machine can build, which takes a second or so. */
  checks(): Promise<readonly Check[]>;
  /** Installs the qmk command line; each line of its tools goes to `say`. */
  installToolchain(say: (line: string) => void): Promise<unknown>;
  /** Unpacks or mends the toolchain that came packed; how far it is goes to `say`. @throws KilnError `toolchain.not-packed` */
  repairToolchain(say: (line: string) => void): Promise<unknown>;
  /** How the service's workers are, now; asked at every status request, so it must be cheap. */
  health(): ServiceHealth;
  readonly schedule: Schedule;
  /** What test builds found, and what they do now. */
  readonly tests: TestRecords;
  testerStatus(): TesterStatus;
  /** Of the service and of its workers, whose next jobs it counts for. */
  setLogLevel(level: LogLevel): void;
  /** Has git trees looked at for updates, once nothing is built; joins a look that is under way. */
  lookForUpdates(): void;
  /** Asks every worker for a sign of life; null milliseconds for one that gives none within five seconds. */
  ping(): Promise<readonly WorkerPong[]>;
  /** What a build needs of a worker, see `NewJob.needs`; nothing where all workers have the same. */
  needsOf?(build: NeededBuild): Promise<readonly string[]>;
  /** Has a tree's catalogue brought up to date, in the background and soon; joins a run that is under way. */
  refreshCatalogue(tree: string): void;
}

/** A Fastify instance whose handlers are typed by the zod schemas of their routes. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  Logger,
  ZodTypeProvider
>;
