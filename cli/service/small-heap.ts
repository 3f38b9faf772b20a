/** Bounds the memory of Node's processes that live as long as the service and allocate little at a time. */
import { setFlagsFromString } from 'node:v8';

/**
 * Arguments for Node. By default the space for young objects grows whenever a busy moment asks for it (128 MiB on a
 * machine with much memory), and hardly ever shrinks: over hours it looks like a leak.
 */
export const SMALL_HEAP: readonly string[] = ['--max-semi-space-size=4'];

/**
 * The same for this very process, which began without arguments of ours: from now on the space for young objects grows no
 * more. Loading a service takes it to 32 MiB.
 */
export function stopHeapGrowth(): void {
  // The bound itself is only read when a process starts; by how much to grow is read each time.
  setFlagsFromString('--semi-space-growth-factor=1');
}
