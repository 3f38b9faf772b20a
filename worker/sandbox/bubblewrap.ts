/** The command line of bubblewrap: an empty world, and in it what a build may see, at the paths it has outside. */
import { existsSync, lstatSync } from 'node:fs';
import type { BuildPlaces } from './contract.ts';
import { bundlePlaces, isWithin, type SystemPlace, systemPlaces } from './places.ts';

/** Of the seccomp filter, the first of the files that are handed over. */
const FILTER_DESCRIPTOR = 3;

interface Mount {
  readonly path: string;
  readonly arguments: readonly string[];
  /** To be made read-only once everything is in place. */
  readonly empty?: true;
}

function systemArguments(place: SystemPlace & { readonly from?: string }): string[] {
  return place.kind === 'link'
    ? ['--symlink', place.target, place.path]
    : ['--ro-bind', place.from ?? place.path, place.path];
}

/**
 * Whatever the build is given, and to try whether bubblewrap works.
 * @param system a bundled toolchain to take the place of the machine's own programs.
 */
export function worldArguments(hasFilter: boolean, system?: string): string[] {
  return [
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    '--cap-drop',
    'ALL',
    ...(hasFilter ? ['--seccomp', String(FILTER_DESCRIPTOR)] : []),
    ...(system === undefined ? systemPlaces() : bundlePlaces(system)).flatMap(systemArguments),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
  ];
}

function hide(path: string): Mount {
  return lstatSync(path).isDirectory()
    ? { path, arguments: ['--tmpfs', path], empty: true }
    : { path, arguments: ['--ro-bind', '/dev/null', path] };
}

function mountsOf({ folder, readable, writable = [], hidden = [] }: BuildPlaces): Mount[] {
  const seen = [...systemPlaces().map(({ path }) => path), ...readable];
  const mounts = [
    ...readable
      .filter((path) => existsSync(path))
      .map((path) => ({ path, arguments: ['--ro-bind', path, path] })),
    ...hidden
      .filter((path) => existsSync(path) && seen.some((place) => isWithin(path, place)))
      .map(hide),
    ...[folder, ...writable].map((path) => ({ path, arguments: ['--bind', path, path] })),
  ];
  // An outer folder first, since its mount would cover those inside it.
  return mounts.sort((a, b) => a.path.length - b.path.length);
}

/** @returns arguments for bubblewrap, up to the program that is to run. */
export function bubblewrapArguments(
  places: BuildPlaces,
  cwd: string,
  hasFilter: boolean,
): string[] {
  const mounts = mountsOf(places);
  const empty = mounts.filter((mount) => mount.empty).map(({ path }) => path);
  // Files in /dev and / would fill the memory, past the limit on the job's folder. And where Kiln runs as root, the
  // files of /proc/sys are the build's own by their owner, although it has none of root's capabilities.
  const readOnly = [...empty, '/proc', '/dev', '/'];
  return [
    ...worldArguments(hasFilter, places.system),
    '--bind',
    places.temporary,
    '/tmp',
    ...mounts.flatMap((mount) => mount.arguments),
    ...readOnly.flatMap((path) => ['--remount-ro', path]),
    '--chdir',
    cwd,
    '--',
  ];
}
