import type { Schema } from '../api/client.ts';

/** A firmware tree as the service lists it. */
export type Tree = Schema<'Trees'>['trees'][number];
