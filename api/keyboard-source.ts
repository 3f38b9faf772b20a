/**
 * Where keyboard data come from. The same addresses exist twice: at the contract's place for the default firmware
 * tree, and below Kiln's own prefix for each tree by its name.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Catalogue } from '../core/catalogue/contract.ts';
import type { TestRecords } from '../core/test-builds/contract.ts';
import type { FirmwareTree } from '../core/trees/contract.ts';
import type { ApiDependencies } from './dependencies.ts';

/** The firmware tree that a request is about, and what is known of its keyboards. */
export interface KeyboardSource {
  readonly tree: FirmwareTree;
  readonly catalogue: Catalogue;
  /** What test builds found. */
  readonly tests: TestRecords;
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

type Needed = Pick<ApiDependencies, 'trees' | 'catalogues' | 'tests'>;

/** @throws KilnError `tree.unknown` */
export async function sourceOf(
  name: string,
  { trees, catalogues, tests }: Needed,
): Promise<KeyboardSource> {
  const tree = await trees.get(name);
  return { tree, catalogue: await catalogues.forTree(tree.name), tests };
}

export function keyboardFamilies(dependencies: Needed): readonly KeyboardFamily[] {
  const { trees, catalogues, tests } = dependencies;
  return [
    {
      root: '',
      tag: 'keyboards',
      params: z.object({}),
      async source() {
        const tree = await trees.defaultTree();
        return { tree, catalogue: await catalogues.forTree(tree.name), tests };
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
