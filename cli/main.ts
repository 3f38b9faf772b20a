/**
 * The command line: which commands there are, and what each ends with. What a command needs is loaded when it runs: all of
 * it together takes half a second of a slow machine, for a word as short as `kiln --version`.
 */
import { Argument, Command, CommanderError } from 'commander';
import { toKilnError } from '../core/errors.ts';
import { LOG_LEVELS } from '../core/log-level.ts';
import { RELEASE } from '../core/release.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { inOwnWords } from './old-names.ts';
import { createTerminal } from './terminal.ts';

/** Takes what a command's function answers with as the exit code. */
type Finish = (exitCode: number) => void;

/** Every command that prints has it; a command line parser of its own kind of global option would hide it. */
function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON object on stdout, for programs');
}

function addTreeCommands(program: Command, finish: Finish): void {
  const tree = program
    .command('tree')
    .description('firmware trees: where the sources of keyboards come from');
  withJson(tree.command('list'))
    .description('list the trees; * marks the default')
    .action(async (options) =>
      finish(await (await import('./commands/tree.ts')).treeListCommand(options)),
    );
  withJson(tree.command('add <name> <source>'))
    .description('add a folder (used in place, never written to) or a git address[@ref]')
    .action(async (name, source, options) =>
      finish(await (await import('./commands/tree.ts')).treeAddCommand(name, source, options)),
    );
  withJson(tree.command('use <name>'))
    .description('make it the tree that answers when none is named')
    .action(async (name, options) =>
      finish(await (await import('./commands/tree.ts')).treeUseCommand(name, options)),
    );
  withJson(tree.command('toolchain <name> [folder]'))
    .description(
      'build it with the tools in a folder before the usual ones; without a folder, with those again',
    )
    .action(async (name, folder, options) =>
      finish(
        await (await import('./commands/tree.ts')).treeToolchainCommand(name, folder, options),
      ),
    );
  withJson(tree.command('update <name>'))
    .description('fetch the newest commit of the branch that it follows')
    .action(async (name, options) =>
      finish(await (await import('./commands/tree.ts')).treeUpdateCommand(name, options)),
    );
  withJson(tree.command('rollback <name>'))
    .description('go back to the commit before the last update')
    .action(async (name, options) =>
      finish(await (await import('./commands/tree.ts')).treeRollbackCommand(name, options)),
    );
  withJson(tree.command('remove <name>'))
    .description('forget it; a folder that was added stays as it is')
    .action(async (name, options) =>
      finish(await (await import('./commands/tree.ts')).treeRemoveCommand(name, options)),
    );
}

function addUpgradeCommand(program: Command, finish: Finish): void {
  withJson(program.command('upgrade'))
    .description('look for a newer Kiln, where KILN_UPDATE_FEED says from where')
    .option('--download', 'fetch it as well; nothing is installed')
    .action(async (options) =>
      finish(await (await import('./commands/upgrade.ts')).upgradeCommand(options)),
    );
}

function addConfiguratorCommands(program: Command, finish: Finish): void {
  const configurator = program
    .command('configurator')
    .description('QMK Configurator, handed out by the service at /configurator/');
  withJson(configurator.command('add <folder>'))
    .description(
      'hand out a built one (used in place, never written to); a running service takes it up',
    )
    .option('--api-url <address>', 'what it was built with as VITE_API_URL, if that is not found')
    .option('--keyboards-url <address>', 'the same of VITE_KEYBOARDS_URL')
    .action(async (folder, options) =>
      finish(
        await (await import('./commands/configurator.ts')).configuratorAddCommand(folder, options),
      ),
    );
  withJson(configurator.command('show'))
    .description('say which one is handed out, and where to open it')
    .action(async (options) =>
      finish(await (await import('./commands/configurator.ts')).configuratorShowCommand(options)),
    );
  withJson(configurator.command('remove'))
    .description('hand out none any more; its folder stays as it is')
    .action(async (options) =>
      finish(await (await import('./commands/configurator.ts')).configuratorRemoveCommand(options)),
    );
}

function addCatalogueCommands(program: Command, finish: Finish): void {
  const catalogue = program
    .command('catalogue')
    .description('what is known of the keyboards of firmware trees');
  withJson(catalogue.command('status'))
    .description('say how far the reading of keyboards is, and which cannot be read')
    .option('--tree <name>', 'firmware tree; all of them when absent')
    .action(async (options) =>
      finish(await (await import('./commands/catalogue.ts')).catalogueStatusCommand(options)),
    );
  withJson(catalogue.command('refresh'))
    .description('read what changed in a tree now, and wait for it')
    .option('--tree <name>', 'firmware tree; the default one when absent')
    .action(async (options) =>
      finish(await (await import('./commands/catalogue.ts')).catalogueRefreshCommand(options)),
    );
}

function addAccessCommands(program: Command, finish: Finish): void {
  const keys = program
    .command('keys')
    .description('API keys: who may use the service from other machines');
  withJson(keys.command('add <name>'))
    .description('make a key and show it, this once')
    .option('--scope <scopes...>', 'compile, flash, admin; compile when absent')
    .option('--origin <origin>', 'the one web origin whose pages may send it')
    .option('--days <number>', 'how long it holds; until it is revoked when absent')
    .action(async (name, options) =>
      finish(await (await import('./commands/keys.ts')).keysAddCommand(name, options)),
    );
  withJson(keys.command('ls'))
    .description('list the keys, what each may do and when it was last used')
    .action(async (options) =>
      finish(await (await import('./commands/keys.ts')).keysListCommand(options)),
    );
  withJson(keys.command('revoke <name>'))
    .description('refuse a key from now on')
    .action(async (name, options) =>
      finish(await (await import('./commands/keys.ts')).keysRevokeCommand(name, options)),
    );
  withJson(program.command('pair'))
    .description(
      'show the code that lets phones and other machines in; the same one until it expires',
    )
    .option('--hours <number>', 'how long a new code holds; 12 when absent')
    .option('--end', 'refuse the code, and every device that it let in, from now on')
    .action(async (options) =>
      finish(await (await import('./commands/pair.ts')).pairCommand(options)),
    );
  const token = program.command('token').description('the session token of the running service');
  withJson(token.command('rotate'))
    .description('replace it: the old one is refused at once')
    .action(async (options) =>
      finish(await (await import('./commands/pair.ts')).tokenRotateCommand(options)),
    );
}

function addToolchainCommands(program: Command, finish: Finish): void {
  const toolchain = program
    .command('toolchain')
    .description('compilers and tools that builds need');
  withJson(toolchain.command('list'))
    .description('list each tool, its version and its place')
    .action(async (options) =>
      finish(await (await import('./commands/toolchain.ts')).toolchainListCommand(options)),
    );
  withJson(toolchain.command('install'))
    .description('install the qmk command line for real QMK trees, from the Python package index')
    .option('--force', 'make its Python environment anew')
    .action(async (options) =>
      finish(await (await import('./commands/toolchain.ts')).toolchainInstallCommand(options)),
    );
  withJson(toolchain.command('repair'))
    .description('unpack the toolchain that came packed with Kiln, or what is damaged of it')
    .action(async (options) =>
      finish(await (await import('./commands/toolchain.ts')).toolchainRepairCommand(options)),
    );
  withJson(toolchain.command('stage'))
    .description('put together a toolchain that travels with Kiln, from packages that are fetched')
    .option('--platform <name>', 'linux-x64 and the like; this one when absent')
    .option('--components <names...>', 'components of the manifest; the usual ones when absent')
    .option('-o, --output <folder>', 'the toolchain’s folder; dist/toolchain when absent')
    .option(
      '--downloads <folder>',
      'where fetched packages are kept; dist/toolchain-downloads when absent',
    )
    .option('--update', 'take the newest packages, and write their digests into the manifest')
    .action(async (options) =>
      finish(await (await import('./commands/toolchain-stage.ts')).toolchainStageCommand(options)),
    );
}

function addBackupCommands(program: Command, finish: Finish): void {
  withJson(program.command('backup [folder]'))
    .description('copy jobs, images, settings and the list of trees, while the service works')
    .option('--no-artifacts', 'leave out images, logs and source bundles')
    .option('--list', 'list the backups in the data folder, newest first')
    .action(async (folder, options) =>
      finish(await (await import('./commands/backup.ts')).backupCommand(folder, options)),
    );
  withJson(program.command('restore [backup]'))
    .description('bring a backup back; what is there is moved aside, never deleted')
    .option('--salvage', 'no backup: keep what can be read of a damaged database')
    .action(async (backup, options) =>
      finish(await (await import('./commands/backup.ts')).restoreCommand(backup, options)),
    );
}

function addOperatorCommands(program: Command, finish: Finish): void {
  const jobs = program.command('jobs').description('the queue: what runs and what waits');
  withJson(jobs.command('ls'))
    .description('list running and waiting jobs, and what each worker does now')
    .action(async (options) =>
      finish(await (await import('./commands/jobs.ts')).jobsListCommand(options)),
    );
  withJson(jobs.command('by-client'))
    .description('count the jobs of each client')
    .action(async (options) =>
      finish(await (await import('./commands/jobs.ts')).jobsByClientCommand(options)),
    );
  withJson(jobs.command('show <id>'))
    .description('say everything about a job')
    .action(async (id, options) =>
      finish(await (await import('./commands/jobs.ts')).jobsShowCommand(id, options)),
    );
  withJson(jobs.command('log <id>'))
    .description('print the log of a job, as far as it is')
    .action(async (id, options) =>
      finish(await (await import('./commands/jobs.ts')).jobsLogCommand(id, options)),
    );
  withJson(jobs.command('cancel <id>'))
    .description('end a job: at once while it waits, within seconds while it runs')
    .action(async (id, options) =>
      finish(await (await import('./commands/jobs.ts')).jobsCancelCommand(id, options)),
    );
  withJson(jobs.command('retry <id>'))
    .description('build the keymap of a job once more, as a new job')
    .action(async (id, options) =>
      finish(await (await import('./commands/jobs.ts')).jobsRetryCommand(id, options)),
    );
  withJson(jobs.command('flush'))
    .description('cancel all jobs that wait; asks before')
    .option('--running', 'end those that run as well')
    .option('-y, --yes', 'do not ask')
    .action(async (options) =>
      finish(await (await import('./commands/jobs.ts')).jobsFlushCommand(options)),
    );
  withJson(program.command('test-keyboard <keyboard>'))
    .description('build an empty keymap of a keyboard, to see whether it works')
    .option('--layout <name>', 'the layout; the usual one when absent')
    .option('--tree <name>', 'firmware tree; the default one when absent')
    .option('--log', 'print the build log as it comes')
    .action(async (keyboard, options) =>
      finish(
        await (await import('./commands/test-keyboard.ts')).testKeyboardCommand(keyboard, options),
      ),
    );
  const schedule = program
    .command('schedule')
    .description('what the service does by itself: clean-up, backups, updates');
  withJson(schedule.command('ls'))
    .description('list the tasks with last run, next run and what came of it')
    .action(async (options) =>
      finish(await (await import('./commands/schedule.ts')).scheduleListCommand(options)),
    );
  withJson(schedule.command('run <task>'))
    .description('run a task now, and wait for its end')
    .option('--now', 'do not wait until nothing is built')
    .action(async (task, options) =>
      finish(await (await import('./commands/schedule.ts')).scheduleRunCommand(task, options)),
    );
  withJson(program.command('update'))
    .description('bring git trees to their newest commit, and back when a pinned keymap breaks')
    .option('--now', 'do not wait until nothing is built')
    .action(async (options) =>
      finish(await (await import('./commands/schedule.ts')).updateCommand(options)),
    );
  withJson(program.command('log-level').addArgument(new Argument('[level]').choices(LOG_LEVELS)))
    .description('show how much the running service logs, or change it until it ends')
    .action(async (level, options) =>
      finish(await (await import('./commands/log-level.ts')).logLevelCommand(level, options)),
    );
  withJson(program.command('ping'))
    .description('ask the service, its database and its workers whether they answer')
    .action(async (options) =>
      finish(await (await import('./commands/ping.ts')).pingCommand(options)),
    );
}

function addFlashCommands(program: Command, finish: Finish): void {
  withJson(program.command('flash [image]'))
    .description('write an image, a job’s image or a keymap JSON file to the keyboard')
    .option('--device <id>', 'the device, as kiln devices lists it; the one that fits when absent')
    .option('--keyboard <name>', 'which keyboard it is, for the checks and instructions')
    .option('--tree <name>', 'firmware tree of the keyboard; the default one when absent')
    .option('--mcu <name>', 'its processor, where nothing tells')
    .option('--bootloader <key>', 'its bootloader, where others have the same USB id')
    .option('--wait <seconds>', 'how long to wait for the bootloader; 300 when absent')
    .option('--confirm <name>', 'the keyboard’s name, to flash in spite of a mismatch')
    .option('--clear-eeprom', 'clear the keyboard’s settings instead')
    .option('--hand <left|right>', 'tell a half of a split keyboard which one it is instead')
    .option('--exit', 'leave the bootloader instead')
    .option('-y, --yes', 'do not ask')
    .action(async (image, options) =>
      finish(await (await import('./commands/flash.ts')).flashCommand(image, options)),
    );
  withJson(program.command('devices'))
    .description('list attached keyboards and bootloaders, and what can be done with each')
    .option('--watch', 'go on, and list them again whenever something changes')
    .action(async (options) =>
      finish(await (await import('./commands/devices.ts')).devicesCommand(options)),
    );
  withJson(program.command('console'))
    .description('print what attached keyboards say on their debug console')
    .action(async (options) =>
      finish(await (await import('./commands/devices.ts')).consoleCommand(options)),
    );
  const udev = program
    .command('udev')
    .description('udev rules that let you open keyboards in their bootloader (Linux)');
  withJson(udev.command('show', { isDefault: true }))
    .description('print the rules, and say whether they are needed')
    .action(async (options) =>
      finish(await (await import('./commands/udev.ts')).udevCommand(options)),
    );
  withJson(udev.command('install'))
    .description('install them; asks for the administrator’s password')
    .action(async (options) =>
      finish(await (await import('./commands/udev.ts')).udevInstallCommand(options)),
    );
}

/** @param finish called with the exit code of the command that ran. */
export function createProgram(finish: Finish): Command {
  const program = new Command('kiln')
    .description('Compile QMK keyboard firmware on your own machine, with no network.')
    .version(RELEASE)
    .exitOverride()
    .showHelpAfterError();
  withJson(program.command('compile <keymap.json>'))
    .description('build a keymap, through the running service or by itself')
    .option('--tree <name>', 'firmware tree; the default one when absent')
    .option('--hand <left|right>', 'for one half of a split keyboard whose firmware holds its hand')
    .option('-o, --output <path>', 'file or folder for the image; the current folder when absent')
    .option('--log', 'print the build log as it comes')
    .action(async (file, options) =>
      finish(await (await import('./commands/compile.ts')).compileCommand(file, options)),
    );
  withJson(program.command('serve'))
    .description('run the service: the QMK API on this machine, its queue and its workers')
    .option('--host <address>', 'address to listen on (KILN_HOST, 127.0.0.1)')
    .option('--port <number>', 'port to listen on, 0 for any free one (KILN_PORT, 5001)')
    .option('--workers <number>', 'builds at the same time (KILN_WORKERS)')
    .option('--role <role>', 'part among several machines: all, api or worker (KILN_ROLE)')
    .option('--lan [mode]', 'let other machines in: tls, or plain without encryption (KILN_LAN)')
    .option('--stop-with-input', 'end when the input does: for programs that start the service')
    .action(async (options) =>
      finish(await (await import('./commands/serve.ts')).serveCommand(options)),
    );
  withJson(program.command('open'))
    .description('open Kiln’s window in a browser, and let that browser in')
    .option('--print', 'only print the address, which works once')
    .action(async (options) =>
      finish(await (await import('./commands/open.ts')).openCommand(options)),
    );
  withJson(program.command('keyboards [text]'))
    .description('list keyboards whose name contains the text')
    .option('--tree <name>', 'firmware tree; the default one when absent')
    .action(async (text, options) =>
      finish(await (await import('./commands/keyboards.ts')).keyboardsCommand(text, options)),
    );
  addOperatorCommands(program, finish);
  addFlashCommands(program, finish);
  addTreeCommands(program, finish);
  addCatalogueCommands(program, finish);
  addToolchainCommands(program, finish);
  addUpgradeCommand(program, finish);
  addConfiguratorCommands(program, finish);
  addAccessCommands(program, finish);
  addBackupCommands(program, finish);
  withJson(program.command('verify [keyboards...]'))
    .description('prove that builds by plan give the image of a clean build, with random keymaps')
    .option('--tree <name>', 'firmware tree; the default one when absent')
    .option('--sample <number>', 'how many keyboards to draw when none is named; 10 when absent')
    .option('--keymaps <number>', 'keymaps for each keyboard; 3 when absent')
    .option('--seed <text>', 'another seed draws other keyboards and keymaps; 1 when absent')
    .option('--results <file>', 'add each keyboard’s result there, and go on where it ends')
    .action(async (names, options) =>
      finish(await (await import('./commands/verify.ts')).verifyCommand(names, options)),
    );
  withJson(program.command('doctor'))
    .description('check whether this machine can build, and say what is missing')
    .action(async (options) =>
      finish(await (await import('./commands/doctor.ts')).doctorCommand(options)),
    );
  return program;
}

/**
 * Runs one command.
 * @param argv arguments without the interpreter and the script.
 * @returns the exit code; never throws.
 */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const words = inOwnWords(argv, (text) => process.stderr.write(`${text}\n`));
  try {
    await createProgram((code) => {
      exitCode = code;
    }).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Help and version were asked for; what else it throws it has printed by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.user;
    const known = toKilnError(error);
    createTerminal({ json: argv.includes('--json') }).error(known);
    return exitCodeOf(known);
  }
}
