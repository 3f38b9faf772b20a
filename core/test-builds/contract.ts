/** Test builds: does each keyboard of a tree build? Records of the last one of each. */

/** Which keymap shows it: the tree's own, or an empty one. */
export type TestedKeymap = 'default' | 'generated';

export interface TestSummary {
  readonly keyboard: string;
  readonly works: boolean;
  /** It works, and its compiler warns. */
  readonly warnings: boolean;
  /** Milliseconds since the epoch. */
  readonly testedAt: number;
  readonly durationMs: number;
  /** Null when there was none to build. */
  readonly keymap: TestedKeymap | null;
  /** The state of the tree that was built: its commit, say. */
  readonly version: string;
}

export interface TestRecord extends TestSummary {
  /** The build's output, or why there is none. */
  readonly message: string;
}

/** What a build told. */
export interface TestAnswer {
  readonly works: boolean;
  readonly warnings: boolean;
  readonly message: string;
  readonly durationMs: number;
}

export interface TestRecords {
  /** By name. */
  summaries(tree: string): readonly TestSummary[];
  record(tree: string, keyboard: string): TestRecord | null;
  /** With their messages, one after the other. */
  all(tree: string): Iterable<TestRecord>;
}

/**
 * - `off`: nobody asked for test builds.
 * - `building`: a keyboard is being built.
 * - `yielding`: people's jobs wait or run.
 * - `resting`: every keyboard was tested not long ago.
 */
export type TesterState = 'off' | 'building' | 'yielding' | 'resting';

export interface TesterStatus {
  readonly state: TesterState;
  /** What is built now. */
  readonly tree: string | null;
  readonly keyboard: string | null;
  /** Builds that were given up for people's jobs since the service started. */
  readonly yielded: number;
}
