/** `kiln toolchain stage`: makes the toolchain that travels with Kiln, for packagers. */
import { basename, dirname, resolve } from 'node:path';
import { writeAtomically } from '../../core/storage/atomic-write.ts';
import { MANIFEST_FILE, readManifest, selectComponents } from '../../core/toolchain/manifest.ts';
import { stageArchives } from '../../core/toolchain/stage/stage-archives.ts';
import { stageDebian } from '../../core/toolchain/stage/stage-debian.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

export interface StageOptions extends GlobalOptions {
  readonly platform?: string;
  readonly components?: readonly string[];
  readonly output?: string;
  readonly downloads?: string;
  readonly update?: boolean;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1).padStart(7)} MB`;
}

export async function toolchainStageCommand(options: StageOptions): Promise<number> {
  const { terminal } = createContext(options);
  const manifest = await readManifest();
  const output = resolve(options.output ?? 'dist/toolchain');
  const platform = options.platform ?? `${process.platform}-${process.arch}`;
  const stage = manifest.platforms[platform]?.kind === 'archives' ? stageArchives : stageDebian;
  const staged = await stage({
    manifest,
    platform,
    components: selectComponents(manifest, options.components),
    output,
    downloads: resolve(options.downloads ?? 'dist/toolchain-downloads'),
    update: options.update ?? false,
    onLine: (line) => terminal.status(line),
  });
  terminal.clearStatus();
  if (options.update) {
    const text = `${JSON.stringify(staged.manifest, null, 2)}\n`;
    await writeAtomically(dirname(MANIFEST_FILE), basename(MANIFEST_FILE), text);
  }
  const { components, tree } = staged.index;
  for (const { title, bytes } of components) terminal.line(`${megabytes(bytes)}  ${title}`);
  terminal.line(`The toolchain ${tree.slice(0, 16)} is in ${output}`);
  terminal.result({
    output,
    tree,
    components: components.map(({ name, bytes }) => ({ name, bytes })),
  });
  return EXIT.ok;
}
