/**
 * What programs that Kiln starts may see of the process's own environment: a short list, by name. Compiler and
 * make variables of the user (`MAKEFLAGS`, `CC`, `CPATH`, `PYTHONPATH`, …) change builds and are never passed on.
 */
import module from 'node:module';
import { delimiter, dirname, isAbsolute } from 'node:path';

/** Needed by Windows itself to start programs; harmless and absent elsewhere. */
const WINDOWS_NAMES = ['SYSTEMROOT', 'SYSTEMDRIVE', 'COMSPEC', 'PATHEXT', 'WINDIR', 'MSYSTEM'];

/** Needed to reach a package index or a git server through the user's own proxy and certificates. */
const NETWORK_NAMES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'PIP_INDEX_URL',
  'PIP_CONFIG_FILE',
  'PIP_CERT',
  'GIT_SSH_COMMAND',
  'SSH_AUTH_SOCK',
  'XDG_CONFIG_HOME',
];

function pick(names: readonly string[], environment: NodeJS.ProcessEnv): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

/** Folders of the user's `PATH`, in order; relative ones mean another place in each build folder and are left out. */
export function systemPath(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  return (environment.PATH ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
}

/** The least a program needs: a locale that prints plain English in UTF-8, and what the platform demands. */
export function plainEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  return { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...pick(WINDOWS_NAMES, environment) };
}

/**
 * For programs that fetch something on the user's request (git, pip) and for Kiln's own processes: the plain one,
 * PATH, home, proxy, certificates.
 */
export function networkEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  return {
    ...plainEnvironment(environment),
    ...pick(
      [...NETWORK_NAMES, 'PATH', 'HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'],
      environment,
    ),
    // A password prompt on a terminal that nobody watches would hang the command.
    GIT_TERMINAL_PROMPT: '0',
  };
}

/** For Kiln's own processes: compiled code that this one keeps serves them as well; nothing where it keeps none. */
export function compileCache(): Record<string, string> {
  const folder = module.getCompileCacheDir();
  // What is named is the folder of this version of Node, inside the one that was asked for.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/** For opening something in the person's own desktop: the above, and where that desktop is. */
export function browserEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const names = Object.keys(environment).filter((name) => name.startsWith('XDG_'));
  return {
    ...networkEnvironment(environment),
    ...pick(
      ['BROWSER', 'DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'DBUS_SESSION_BUS_ADDRESS', ...names],
      environment,
    ),
  };
}

/** What a supervisor that started this process told it, as systemd does. */
export interface SupervisorPlace {
  /** For `systemd-notify`: where to send to. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds after which it takes a silent service for dead; null when it does not watch. */
  readonly watchdogMs: number | null;
}

/** @returns null for a service that no such supervisor started. */
export function supervisorPlace(
  environment: NodeJS.ProcessEnv = process.env,
  pid: number = process.pid,
): SupervisorPlace | null {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: micro, WATCHDOG_PID: watched } = environment;
  if (socket === undefined || socket === '') return null;
  const isWatched = watched === undefined || watched === String(pid);
  const watchdogMs = isWatched && Number(micro) > 0 ? Number(micro) / 1000 : null;
  return {
    environment: {
      ...plainEnvironment(environment),
      ...pick(['PATH'], environment),
      NOTIFY_SOCKET: socket,
    },
    watchdogMs,
  };
}

/** For flashing tools: the plain one and home, where avrdude looks for the user's own configuration. */
export function flashingEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  return { ...plainEnvironment(environment), ...pick(['HOME', 'USERPROFILE'], environment) };
}
