/**
 * For Node's processes that live as long as the service and allocate little at a time. By default the space for young
 * objects grows whenever a busy moment asks for it (128 MiB on a machine with much memory), and hardly ever shrinks: over
 * hours it looks like a leak.
 */
export const SMALL_HEAP: readonly string[] = ['--max-semi-space-size=4'];
