/** The package for Debian: what lintian says of it, and that it installs, works without a window, and goes without a trace. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { asOrdinaryUser } from './empty-world.ts';
import { call, need, type Packages, Skipped, type Step } from './steps.ts';

/** What lintian finds and we leave, with the reason; docs/desktop.md has the same for readers. */
const KNOWN_FINDINGS: Readonly<Record<string, string>> = {
  'dir-or-file-in-opt':
    'a program that brings all it needs, where the file system standard puts those',
  'embedded-library': 'Electron, Node and the toolchain bring their libraries',
  'unstripped-binary-or-object': 'Electron and Node as they were published',
  'hardening-no-pie': 'the same',
  'shared-library-is-executable': 'the same',
  'shared-library-lacks-prerequisites': 'the same',
  'library-not-linked-against-libc': 'the same',
  'elevated-privileges': 'Electron’s helper chrome-sandbox, for systems without user namespaces',
  'binary-from-other-architecture': 'libraries for keyboards',
  'no-code-sections': 'the same',
  'incorrect-libdir-in-la-file': 'the compiler’s own, at its place within the toolchain',
  'executable-not-elf-or-script':
    'linker scripts and data of the toolchain and of npm packages, with the modes that they came with',
  'script-not-executable': 'scripts of npm packages that nobody runs',
  'wrong-path-for-interpreter': 'the same',
  'missing-dep-for-interpreter': 'the same; Kiln runs on the Node and the Python that it brings',
  'missing-depends-on-sensible-utils':
    'a name within a library of the toolchain, which calls nothing',
  'privacy-breach-generic': 'pages of documentation within npm packages, which nothing opens',
  'national-encoding': 'texts of licences as they were published',
  'truetype-font-prohibits-installable-embedding': 'fonts of documentation within an npm package',
  'windows-devel-file-in-package': 'sources of a native npm package',
  'package-contains-eslint-config-file': 'as npm packages were published',
  'package-contains-npm-ignore-file': 'as npm packages were published',
  'package-contains-vcs-control-file': 'as npm packages were published',
  'copyright-file-contains-full-apache-2-license': 'NOTICES.txt has every licence whole',
  'copyright-not-using-common-license-for-lgpl': 'the same',
  'no-copyright-file': 'it is NOTICES.txt under the name that is asked for',
  'no-changelog': 'Kiln’s is in the repository',
  'no-manual-page': 'kiln --help, and docs/cli.md',
  'bogus-mail-host': 'nobody maintains packages at an address yet',
};

function depsOf(deb: string): string {
  return call(['dpkg-deb', '--field', deb, 'Depends']).trim();
}

export const lint: Step = {
  name: 'lint',
  async run({ deb, say }) {
    if (deb === null)
      throw new Skipped('there is no package for Debian: npm run package makes one');
    const list = call(['dpkg-deb', '--contents', deb]).trim().split('\n');
    say(`${list.length} files and folders; outside of /opt/Kiln:`);
    for (const line of list) {
      const path = line.split(/\s+/).slice(5).join(' ');
      if (!line.startsWith('d') && !path.startsWith('./opt/Kiln/')) say(`  ${path}`);
    }
    need('lintian', 'lintian');
    const printed = call(['lintian', '--allow-root', '--tag-display-limit', '0', deb], {
      mayFail: true,
    });
    const counts = new Map<string, number>();
    for (const line of printed.split('\n')) {
      const tag = /^[EW]: \S+: (\S+)/.exec(line)?.[1];
      if (tag !== undefined) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    for (const [tag, count] of counts) say(`  ${tag} (${count}): ${KNOWN_FINDINGS[tag] ?? '?'}`);
    const unknown = [...counts.keys()].filter((tag) => !Object.hasOwn(KNOWN_FINDINGS, tag));
    if (unknown.length > 0)
      throw new Error(`lintian finds what nobody explained: ${unknown.join(', ')}`);
  },
};

/** Every file of a system but what package managers keep for themselves. */
function filesOf(root: string): Set<string> {
  const kept = [
    './proc',
    './sys',
    './dev',
    './tmp',
    './var/lib/dpkg',
    './var/log',
    './var/cache',
    './var/lib/apt',
  ];
  const prune = kept.flatMap((path) => ['-path', path, '-prune', '-o']);
  const found = call(['sh', '-c', 'cd "$0" && shift && find . "$@"', root, '', ...prune, '-print']);
  return new Set(found.trim().split('\n'));
}

/** Runs `kiln` of the installed package as an ordinary user, with no network. */
function runInside(root: string, home: string, words: readonly string[]): string {
  const world = [
    ['--unshare-all', '--die-with-parent', '--uid', '1000', '--gid', '1000', '--clearenv'],
    ['--ro-bind', root, '/', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ['--bind', home, '/home', '--setenv', 'HOME', '/home', '--chdir', '/home'],
    ['--setenv', 'PATH', '/usr/bin:/bin', '--setenv', 'KILN_SANDBOX', 'required', '--'],
  ].flat();
  const [program, before] = asOrdinaryUser(['bwrap']);
  return call([program, ...before, ...world, ...words]);
}

async function installed(
  { deb, say }: Packages & { readonly deb: string },
  from: string,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-deb-'));
  const root = join(folder, 'root');
  const home = join(folder, 'home');
  const inRoot = (...words: string[]) => call(['chroot', root, ...words]);
  try {
    call(['cp', '-a', from, root]);
    mkdirSync(home);
    for (const open of [folder, home]) chmodSync(open, 0o777);
    const wanted = depsOf(deb)
      .split(/,\s*/)
      .map((one) => one.split(' ')[0] ?? '');
    inRoot('apt-get', '-qq', 'update');
    inRoot('apt-get', '-qq', 'install', '-y', '--no-install-recommends', ...wanted);
    const before = filesOf(root);
    copyFileSync(deb, join(root, 'tmp', basename(deb)));
    const startedAt = performance.now();
    inRoot('dpkg', '--install', join('/tmp', basename(deb)));
    say(`installed in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    for (const tool of ['avr-gcc', 'make', 'python3', 'gcc']) {
      if (existsSync(join(root, 'usr/bin', tool))) say(`(the system has a ${tool} of its own)`);
    }
    say(runInside(root, home, ['kiln', '--version']).trim());
    const keymap =
      '/opt/Kiln/resources/service/resources/starter/keyboards/kiln/pad4x4/keymaps/default/keymap.json';
    const builtAt = performance.now();
    say(
      runInside(root, home, ['kiln', 'compile', keymap, '--tree', 'starter', '-o', '/home']).trim(),
    );
    say(`compiled in ${((performance.now() - builtAt) / 1000).toFixed(1)} s, without a window`);
    inRoot('dpkg', '--purge', 'kiln');
    const after = filesOf(root);
    const left = [...after].filter((path) => !before.has(path));
    // dpkg takes a folder along that it leaves empty.
    const gone = [...before].filter((path) => !after.has(path) && path !== './opt');
    if (left.length + gone.length > 0) {
      throw new Error(
        `Removing leaves ${left.slice(0, 9).join(' ')}, takes ${gone.slice(0, 9).join(' ')}`,
      );
    }
    say('removed: nothing is left behind');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const install: Step = {
  name: 'install',
  async run(packages) {
    const { deb } = packages;
    if (deb === null)
      throw new Skipped('there is no package for Debian: npm run package makes one');
    const root = process.env.KILN_TEST_DEB_ROOT;
    if (root === undefined) {
      throw new Skipped(
        'KILN_TEST_DEB_ROOT names no fresh Debian 12 (debootstrap --variant=minbase bookworm FOLDER)',
      );
    }
    if (process.getuid?.() !== 0) throw new Skipped('only root may install packages');
    need('bwrap', 'bubblewrap');
    await installed({ ...packages, deb }, root);
  },
};
