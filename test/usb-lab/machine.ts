/**
 * The virtual machine: QEMU without KVM, Debian's kernel, the host's own root for reading behind a layer that is thrown
 * away, and one folder in common. Needs no root.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DEVICE_MODULES, FIRST_MODULES, type Kernel, moduleFiles } from './kernel.ts';

const SHARED = '/mnt/kiln-usb-lab';
const BUSYBOX = '/bin/busybox';

const INIT = (modules: readonly string[]) => `#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
${modules.map((file) => `insmod /modules/${basename(file)}`).join('\n')}
options=trans=virtio,version=9p2000.L,msize=512000
mkdir -p /host /layer /root
mount -t 9p -o $options,ro,cache=loose hostroot /host
mount -t tmpfs layer /layer
mkdir /layer/upper /layer/work
mount -t overlay -o lowerdir=/host,upperdir=/layer/upper,workdir=/layer/work overlay /root
mkdir -p /root${SHARED}
mount -t 9p -o $options shared /root${SHARED}
for one in proc sys dev; do mount -o move /$one /root/$one; done
exec switch_root /root /bin/sh ${SHARED}/start
`;

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

export interface MachineOptions {
  readonly kernel: Kernel;
  /** An empty folder that both sides have in common. */
  readonly shared: string;
  /** Run in the machine, with the common folder's place there in front. */
  readonly command: (shared: string) => readonly string[];
  readonly environment: (shared: string) => Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Runs the command in a machine that is ended afterwards. @returns whether the machine ended by itself. */
export async function runMachine(options: MachineOptions): Promise<boolean> {
  const { kernel, shared } = options;
  const initrd = buildInitrd(kernel, shared);
  writeFileSync(join(shared, 'start'), startScript(options));
  const share = (id: string, path: string, more: string) => [
    '-fsdev',
    `local,id=${id},path=${path.replaceAll(',', ',,')},security_model=none,multidevs=remap${more}`,
  ];
  const log = openSync(join(shared, 'console.log'), 'w');
  const machine = spawn(
    'qemu-system-x86_64',
    [
      ...['-M', 'q35', '-accel', 'tcg', '-cpu', 'max', '-smp', '1', '-m', '768'],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'stdio', '-no-reboot'],
      ...['-kernel', kernel.file, '-initrd', initrd],
      ...['-append', 'console=ttyS0 quiet panic=-1 mitigations=off'],
      ...share('root', '/', ',readonly=on'),
      ...['-device', 'virtio-9p-pci,fsdev=root,mount_tag=hostroot'],
      ...share('shared', shared, ''),
      ...['-device', 'virtio-9p-pci,fsdev=shared,mount_tag=shared'],
    ],
    { stdio: ['ignore', log, log] },
  );
  const timer = setTimeout(() => machine.kill('SIGKILL'), options.timeoutMs);
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    machine.once('error', reject);
    machine.once('exit', (_, by) => resolve(by));
  }).finally(() => clearTimeout(timer));
  return signal === null;
}

/** Off by the kernel at once: to leave its first process would be a panic. */
function startScript({ kernel, command, environment }: MachineOptions): string {
  const variables = Object.entries(environment(SHARED)).map(
    ([name, value]) => `export ${name}=${quoted(value)}`,
  );
  return `export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /run
ip link set lo up
for one in ${DEVICE_MODULES.join(' ')}; do modprobe -d ${quoted(kernel.folder)} $one; done
${variables.join('\n')}
${command(SHARED).map(quoted).join(' ')}
echo o > /proc/sysrq-trigger
while :; do :; done
`;
}

function buildInitrd(kernel: Kernel, shared: string): string {
  const folder = join(shared, 'initrd');
  for (const name of ['bin', 'modules', 'proc', 'sys', 'dev'])
    mkdirSync(join(folder, name), { recursive: true });
  copyFileSync(BUSYBOX, join(folder, 'bin/busybox'));
  for (const name of ['sh', 'mount', 'insmod', 'switch_root', 'mkdir']) {
    symlinkSync('busybox', join(folder, 'bin', name));
  }
  const modules = moduleFiles(kernel, FIRST_MODULES);
  for (const file of modules) copyFileSync(file, join(folder, 'modules', basename(file)));
  writeFileSync(join(folder, 'init'), INIT(modules));
  chmodSync(join(folder, 'init'), 0o755);
  const names = execFileSync('find', ['.'], { cwd: folder });
  const archive = execFileSync(BUSYBOX, ['cpio', '-o', '-H', 'newc'], {
    cwd: folder,
    input: names,
    stdio: ['pipe', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
  const file = join(shared, 'initrd.img');
  writeFileSync(file, archive);
  return file;
}
