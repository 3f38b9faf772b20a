/** How many commands one build may run at the same time. Pure. */

/**
 * The cores that no other build uses, and at least this worker's share of all. A build that begins later gets its share
 * too: for the rest of the first one the machine has more to do than it has cores for, which costs little.
 * @param cores of the machine.
 * @param workers that the service has, each with one build at a time.
 * @param running builds right now, this one included. Where several machines share a queue those of the others are counted
 *   too, and the share is what is left.
 */
export function coresFor(cores: number, workers: number, running: number): number {
  return Math.max(1, Math.floor(cores / workers), cores - Math.max(0, running - 1));
}
