/**
 * Checks package.json and package-lock.json for what makes `npm ci` fail elsewhere: versions that are not exact,
 * platform packages that the lockfile forgot, addresses of a registry.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOME, isMain } from './bootstrap.mjs';

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'];

/**
 * @param manifest package.json
 * @param lockfile package-lock.json
 * @returns {string[]} what is wrong, a sentence each
 */
export function lockfileProblems(manifest, lockfile) {
  return [
    ...inexactVersions(manifest),
    ...manifestDrift(manifest, lockfile.packages['']),
    ...forgottenPlatforms(lockfile.packages),
    ...registryAddresses(lockfile.packages),
  ];
}

function inexactVersions(manifest) {
  return KINDS.flatMap((kind) =>
    Object.entries(manifest[kind] ?? {})
      .filter(([, version]) => !EXACT.test(version))
      .map(([name, version]) => `package.json: ${kind}.${name} is "${version}", not one version.`),
  );
}

function manifestDrift(manifest, root) {
  return KINDS.filter((kind) => {
    const sorted = (entries) => JSON.stringify(Object.entries(entries ?? {}).sort());
    return sorted(manifest[kind]) !== sorted(root[kind]);
  }).map((kind) => `package-lock.json: ${kind} differs from package.json. Run: npm install.`);
}

/** Where Node finds a package: beside the one that asks, or in a folder further up. */
function isLocked(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (`${folder}/node_modules/${name}` in packages) return true;
    if (!folder.includes('/node_modules/')) return `node_modules/${name}` in packages;
  }
}

function forgottenPlatforms(packages) {
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !isLocked(packages, path, name))
      .map((name) => {
        const asker = path === '' ? 'package.json' : path;
        return `package-lock.json: ${name}, optional for ${asker}, is missing. Pin an older version of the latter.`;
      }),
  );
}

function registryAddresses(packages) {
  return Object.entries(packages)
    .filter(([, entry]) => /^[a-z+]+:\/\//.test(entry.resolved ?? ''))
    .map(([path]) => `package-lock.json: ${path} names the address that it came from.`);
}

const readJson = (name) => JSON.parse(readFileSync(join(HOME, name), 'utf8'));

if (isMain(import.meta.url)) {
  const problems = lockfileProblems(readJson('package.json'), readJson('package-lock.json'));
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log('The lockfile is complete and names no registry.');
  else process.exitCode = 1;
}
