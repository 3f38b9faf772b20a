/** `/source`: what is needed to make the same image again offline, without the whole tree. */
import { ZipFile } from 'yazl';
import type { CompilePayload } from '../../core/compile/job.ts';
import type { FirmwareTree, TreeVersion } from '../../core/trees/contract.ts';

export interface BundleInput {
  readonly payload: CompilePayload;
  readonly tree: FirmwareTree;
  readonly version: TreeVersion;
  readonly command: readonly string[];
  readonly toolchain: Readonly<Record<string, string>>;
  /** Generated sources by file name. */
  readonly sources: Readonly<Record<string, string>>;
  readonly image: { readonly name: string; readonly sha256: string } | null;
}

/** An address may hold a password, and the bundle is for other people. */
function withoutPassword(address: string | null): string | null {
  return address?.replace(/^([a-z+]+:\/\/)[^/]*@/, '$1') ?? null;
}

/** Where others get the tree; null for a folder of this machine. */
function publicOrigin({ kind, origin }: FirmwareTree): string | null {
  return kind === 'git' || kind === 'bundled' ? withoutPassword(origin) : null;
}

function describeTree({ tree, version }: BundleInput): string {
  if (tree.kind === 'starter') return `Kiln's starter tree (${version.describe})`;
  const origin = publicOrigin(tree) ?? 'a folder of its builder';
  const commit = version.commit === null ? 'without git' : `commit ${version.commit}`;
  return `${origin}, ${commit}${version.dirty ? ', with changes that are not committed' : ''}`;
}

function readme(input: BundleInput): string {
  const { payload, image } = input;
  const tools = Object.entries(input.toolchain).map(([tool, line]) => `  ${tool}: ${line}`);
  return `${[
    `Firmware for ${payload.keyboard}, keymap ${payload.keymap}`,
    '',
    'To build it again you need the firmware tree, the tools and keymap.json:',
    '',
    `  tree: ${describeTree(input)}`,
    ...tools,
    '',
    'With Kiln, offline:',
    '',
    `  kiln compile keymap.json --tree <name of that tree>`,
    '',
    'The command that was run:',
    '',
    `  ${input.command.join(' ')}`,
    '',
    ...(image === null ? [] : [`It gave ${image.name} with SHA-256 ${image.sha256}.`, '']),
    'generated/ holds the sources that were made from keymap.json and the keyboard’s data for this build;',
    'they are there to read and to compare, the build makes them again.',
    '',
  ].join('\n')}\n`;
}

/** @returns the zip file's bytes; the same input gives the same bytes. */
export async function makeSourceBundle(input: BundleInput): Promise<Buffer> {
  const { payload, tree, version } = input;
  const facts = {
    keyboard: payload.keyboard,
    keymap: payload.keymap,
    layout: payload.layout,
    tree: {
      name: tree.name,
      kind: tree.kind,
      origin: publicOrigin(tree),
    },
    version,
    command: input.command,
    toolchain: input.toolchain,
    image: input.image,
  };
  const zip = new ZipFile();
  // One time for all files, and the same in every time zone: the format's own times are local.
  const options = { mtime: new Date(2000, 0, 1), forceDosTimestamp: true, mode: 0o100644 };
  const add = (name: string, text: string): void => zip.addBuffer(Buffer.from(text), name, options);
  add('README.txt', readme(input));
  add('build.json', `${JSON.stringify(facts, null, 2)}\n`);
  add('keymap.json', `${payload.keymapJson}\n`);
  for (const [name, text] of Object.entries(input.sources).sort()) add(`generated/${name}`, text);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
