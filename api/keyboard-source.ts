/**
 * Where keyboard data come from. The same addresses exist twice: at the contract's place for the default firmware
 * tree, and below Kiln's own prefix for each tree by its name.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Catalogue } from '../core/catalogue/contract.ts';
import type { FirmwareTree } from '../core/trees/contract.ts';
import type { ApiDependencies } from './dependencies.ts';

/** The firmware tree that a request is about, and what is known of its keyboards. */
export interface KeyboardSource {
  readonly tree: FirmwareTree;
  readonly catalogue: Catalogue;
}

/** One of the two places. */
export interface KeyboardFamily {
  /** Of the keyboards host: what stands before `/v1` and `/readme.md`. */
  readonly root: '' | '/kiln/v1/trees/:tree';
  /** Of the routes in the OpenAPI document. */
  readonly tag: string;
  readonly params: z.ZodObject;
  /** @throws KilnError `tree.unknown` */
  source(request: FastifyRequest): Promise<KeyboardSource>;
}

/** A tree's name in an address: an unknown one, whatever it looks like, is 404. */
export const treeParamsSchema = z.object({
  tree: z.string().describe('Name of a firmware tree'),
});

type Needed = Pick<ApiDependencies, 'trees' | 'catalogues'>;

/** @throws KilnError `tree.unknown` */
export async function sourceOf(name: string, { trees, catalogues }: Needed) {
  const tree = await trees.get(name);
  return { tree, catalogue: await catalogues.forTree(tree.name) };
}

export function keyboardFamilies(dependencies: Needed): readonly KeyboardFamily[] {
  const { trees, catalogues } = dependencies;
  return [
    {
      root: '',
      tag: 'keyboards',
      params: z.object({}),
      async source() {
        const tree = await trees.defaultTree();
        return { tree, catalogue: await catalogues.forTree(tree.name) };
      },
    },
    {
      root: '/kiln/v1/trees/:tree',
      tag: 'keyboards of a tree',
      params: treeParamsSchema,
      source: async ({ params }) => sourceOf((params as { tree: string }).tree, dependencies),
    },
  ];
}
