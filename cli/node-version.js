/**
 * Which versions of Node can run Kiln. Plain JavaScript that old versions read too: it is asked before anything
 * else is loaded. `engines` in package.json says the same; a test holds the two together.
 */

/** Within a major version the first that will do; every later major version than the last will do too. */
const FIRST_OF_MAJOR = { 22: [22, 2], 24: [15, 0], 26: [0, 0] };
const LAST_MAJOR = 26;

/** The interface to native packages that SQLite's needs; with an older one the process crashes. */
const LEAST_NODE_API = 10;

export const NEEDED_NODE = '22.22.2 or later of 22, 24.15 or later of 24, or 26 and later';

/**
 * @param {{node: string, napi?: string}} versions as in `process.versions`.
 * @returns {boolean}
 */
export function isSupportedNode(versions) {
  const [major, minor, patch] = versions.node.split('.').map((part) => Number.parseInt(part, 10));
  if (!(Number(versions.napi) >= LEAST_NODE_API)) return false;
  if (major > LAST_MAJOR) return true;
  const first = FIRST_OF_MAJOR[major];
  if (first === undefined) return false;
  return minor > first[0] || (minor === first[0] && patch >= first[1]);
}
