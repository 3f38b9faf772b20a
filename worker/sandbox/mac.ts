/**
 * macOS: `sandbox-exec`, deprecated for years and still what its own programs use. Never run on a Mac so far, see
 * docs/platforms.md; so the level is never more than reduced: there is no process namespace either.
 */
import { plainEnvironment } from '../../core/environment.ts';
import type { SandboxStatus } from '../../core/sandbox-status.ts';
import { run } from '../../core/subprocess.ts';
import type { BuildPlaces } from './contract.ts';
import type { Limits } from './limits.ts';

const SANDBOX_EXEC = '/usr/bin/sandbox-exec';
const SHELL = '/bin/sh';

const SYSTEM = ['/usr', '/bin', '/sbin', '/System', '/Library/Developer', '/private/var/select'];
const DEVICES = ['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom', '/dev/dtracehelper'];

/** A text of the profile's language: as in Scheme. */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

const below = (paths: readonly string[]): string =>
  paths.map((path) => `(subpath ${quote(path)})`).join(' ');

/** The profile for `sandbox-exec -p`: nothing but what is listed; of two rules that fit, the later one holds. */
export function macProfile(places: BuildPlaces): string {
  const { folder, readable, writable = [], hidden = [] } = places;
  const own = [folder, ...writable];
  return [
    '(version 1)',
    '(deny default)',
    '(allow process-fork process-exec)',
    '(allow signal (target same-sandbox))',
    '(allow sysctl-read)',
    '(allow file-read-metadata)',
    `(allow file-read* (literal "/") ${below([...SYSTEM, ...readable])})`,
    ...(hidden.length === 0 ? [] : [`(deny file-read* ${below(hidden)})`]),
    `(allow file-read* file-write* ${below(own)})`,
    ...DEVICES.map((path) => `(allow file-read* file-write-data (literal ${quote(path)}))`),
    '',
  ].join('\n');
}

/** The limits by the shell's own `ulimit`, whose units are seconds and blocks of 512 bytes; then the program. */
export function macCommand(
  file: string,
  args: readonly string[],
  places: BuildPlaces,
  limits: Limits,
): { readonly file: string; readonly args: readonly string[] } {
  const script = 'ulimit -c 0 -t "$1" && ulimit -f "$2" && ulimit -n "$3" && shift 3 && exec "$@"';
  const values = [limits.cpuSeconds, limits.fileBytes / 512, limits.openFiles].map(String);
  return {
    file: SANDBOX_EXEC,
    args: ['-p', macProfile(places), SHELL, '-c', script, 'limits', ...values, file, ...args],
  };
}

export async function probeMac(): Promise<SandboxStatus> {
  const profile = macProfile({ folder: '/private/tmp', temporary: '/private/tmp', readable: [] });
  const result = await run(SANDBOX_EXEC, ['-p', profile, '/usr/bin/true'], {
    cwd: '/',
    env: plainEnvironment(),
    timeoutMs: 10_000,
    maxOutputBytes: 4096,
  });
  if (result.exitCode === 0) {
    return {
      level: 'reduced',
      message:
        'Builds run under sandbox-exec, without network; what they leave running may escape.',
      remedy: null,
    };
  }
  const complaint = result.output.split('\n')[0] || result.failure?.message || result.outcome;
  return {
    level: 'none',
    message: `sandbox-exec does not work here (${complaint}).`,
    remedy: 'Please report this: Kiln was never run on macOS by its makers.',
  };
}
