/** Debian's own kernel for the virtual machine: fetched by apt-get, unpacked into a cache, never installed. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface Kernel {
  /** What is unpacked: has `boot` and `lib/modules`. */
  readonly folder: string;
  /** `6.1.0-56-amd64` */
  readonly version: string;
  readonly file: string;
}

/** Drivers that the guest needs to reach the host's files, and those for the devices. */
export const FIRST_MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay'];
export const DEVICE_MODULES = [
  'vhci-hcd',
  'cdc-acm',
  'usb-storage',
  'sd_mod',
  'vfat',
  'nls_cp437',
  'nls_ascii',
  'nls_iso8859-1',
  'usbhid',
  'hid-generic',
];

const output = (file: string, args: string[], cwd = '/') =>
  execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** @param cache a folder of ours. @throws Error with the reason why there is none */
export function findKernel(cache: string): Kernel {
  mkdirSync(cache, { recursive: true });
  const unpacked = readdirSync(cache).find(
    (name) => name.startsWith('linux-image-') && !name.endsWith('.part'),
  );
  const name = unpacked ?? fetchKernel(cache);
  const folder = join(cache, name);
  const version = readdirSync(join(folder, 'lib/modules'))[0] ?? '';
  return { folder, version, file: join(folder, 'boot', `vmlinuz-${version}`) };
}

function fetchKernel(cache: string): string {
  const name = /Depends: (linux-image-\S+)/.exec(
    output('apt-cache', ['depends', 'linux-image-amd64']),
  )?.[1];
  if (name === undefined) throw new Error('no kernel package is known to apt; run: apt-get update');
  const half = join(cache, `${name}.part`);
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half);
  output('apt-get', ['download', name], half);
  const packet = readdirSync(half).find((file) => file.endsWith('.deb')) ?? '';
  output('dpkg-deb', ['-x', packet, '.'], half);
  rmSync(join(half, packet));
  const version = readdirSync(join(half, 'lib/modules'))[0] ?? '';
  if (!existsSync(join(half, 'boot', `vmlinuz-${version}`)))
    throw new Error(`${name} has no kernel`);
  output('depmod', ['-b', half, version]);
  // Whole or not at all.
  renameSync(half, join(cache, name));
  return name;
}

/** Files of modules in the order in which they are to be loaded, each once. */
export function moduleFiles(
  { folder, version }: Kernel,
  names: readonly string[],
): readonly string[] {
  const files = names.flatMap((name) =>
    output('modprobe', ['-d', folder, '-S', version, '--show-depends', name])
      .split('\n')
      .flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []),
  );
  return [...new Set(files)];
}
