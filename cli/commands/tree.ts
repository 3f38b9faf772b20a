/** `kiln tree …`: the firmware trees. */
import type { FirmwareTree } from '../../core/trees/contract.ts';
import type { GlobalOptions } from '../context.ts';
import { withKiln } from '../with-kiln.ts';

function describe(tree: FirmwareTree): string {
  const isBuiltIn = tree.kind === 'starter' || tree.kind === 'bundled';
  const from = isBuiltIn ? 'came with Kiln' : tree.origin + (tree.ref ? `@${tree.ref}` : '');
  const commit = tree.commit === null ? '' : ` · ${tree.commit.slice(0, 10)}`;
  return `${tree.isDefault ? '*' : ' '} ${tree.name.padEnd(16)} ${from}${commit}`;
}

export function treeListCommand(options: GlobalOptions): Promise<number> {
  return withKiln(options, async ({ trees }, terminal) => {
    const list = await trees.list();
    for (const tree of list) terminal.line(describe(tree));
    terminal.result({ trees: list });
  });
}

export function treeAddCommand(
  name: string,
  source: string,
  options: GlobalOptions,
): Promise<number> {
  return withKiln(options, async (kiln, terminal) => {
    terminal.status(`Adding ${name}`);
    const tree = await kiln.trees.add(name, source, { onLine: (line) => terminal.status(line) });
    // Known before the first build: the tree's own tools run, and what it holds.
    const warning = await kiln.catalogues
      .forTree(name)
      .then((catalogue) => catalogue.keyboards())
      .then((keyboards) => {
        terminal.line(
          `Added ${name} with ${keyboards.length.toLocaleString('en')} keyboards: ${tree.path}`,
        );
        return null;
      })
      .catch((error: unknown) => error);
    if (warning !== null) {
      terminal.line(`Added ${name}: ${tree.path}`);
      terminal.line(
        `It cannot be read yet: ${warning instanceof Error ? warning.message : String(warning)}`,
      );
      if (kiln.toolchain.find('qmk') === null) terminal.line('Next: kiln toolchain install');
    } else if (!tree.isDefault) {
      terminal.line(`Next: kiln tree use ${name}, to make it the default.`);
    }
    terminal.result({ tree });
  });
}

export function treeUseCommand(name: string, options: GlobalOptions): Promise<number> {
  return withKiln(options, async ({ trees }, terminal) => {
    const tree = await trees.use(name);
    terminal.line(`${name} answers now when a keymap names no tree.`);
    terminal.result({ tree });
  });
}

export function treeToolchainCommand(
  name: string,
  folder: string | undefined,
  options: GlobalOptions,
): Promise<number> {
  return withKiln(options, async ({ trees }, terminal) => {
    const tree = await trees.setToolchain(name, folder ?? null);
    const tools =
      tree.toolchain === null ? 'the usual tools' : `the tools in ${tree.toolchain} first`;
    terminal.line(`${name} is built with ${tools}.`);
    terminal.result({ tree });
  });
}

export function treeUpdateCommand(name: string, options: GlobalOptions): Promise<number> {
  return withKiln(options, async ({ trees }, terminal) => {
    terminal.status(`Updating ${name}`);
    const { tree, changed } = await trees.update(name, { onLine: (line) => terminal.status(line) });
    const commit = tree.commit?.slice(0, 10);
    terminal.line(changed ? `${name} is at ${commit} now.` : `${name} is up to date at ${commit}.`);
    terminal.result({ tree, changed });
  });
}

export function treeRollbackCommand(name: string, options: GlobalOptions): Promise<number> {
  return withKiln(options, async ({ trees }, terminal) => {
    const tree = await trees.rollback(name);
    terminal.line(`${name} is back at ${tree.commit?.slice(0, 10)}.`);
    terminal.result({ tree });
  });
}

export function treeRemoveCommand(name: string, options: GlobalOptions): Promise<number> {
  return withKiln(options, async ({ trees }, terminal) => {
    await trees.remove(name);
    terminal.line(`Forgot the firmware tree ${name}.`);
    terminal.result({ removed: name });
  });
}
