import type { BuildPlaces } from '../../sandbox/contract.ts';

/** A folder in which a build's commands can run. */
export interface Root {
  readonly folder: string;
  readonly places: BuildPlaces;
  readonly env: Readonly<Record<string, string>>;
}
