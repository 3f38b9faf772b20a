/** System calls by number, from the kernel's tables (`asm/unistd_64.h`, `asm-generic/unistd.h`). */

/** Node's names of the processors that there is a filter for. */
export type FilteredArchitecture = 'x64' | 'arm64';

type Numbers = readonly [x64: number, arm64: number | null];

/** What no compiler needs, refused whatever its arguments. Null where the processor has no such call. */
export const REFUSED_CALLS: Readonly<Record<string, Numbers>> = {
  // looking into other processes
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  // mounts and another root
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  // new namespaces
  unshare: [272, 97],
  setns: [308, 268],
  // the kernel’s key store
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  // parts of the kernel that its past holes were in
  bpf: [321, 280],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  perf_event_open: [298, 241],
  modify_ldt: [154, null],
  // files by number, past their folders; watching a whole file system
  open_by_handle_at: [304, 265],
  name_to_handle_at: [303, 264],
  fanotify_init: [300, 262],
  // memory that belongs to no process, which no limit counts
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
  // the machine itself
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  syslog: [103, 116],
  vhangup: [153, 58],
  iopl: [172, null],
  ioperm: [173, null],
};

/** Calls that are judged by an argument. */
export const JUDGED_CALLS = {
  clone: [56, 220],
  clone3: [435, 435],
  ioctl: [16, 29],
  socket: [41, 198],
  socketpair: [53, 199],
} as const satisfies Record<string, Numbers>;

/** @returns null where the processor has no such call. */
export function numberOf(numbers: Numbers, architecture: FilteredArchitecture): number | null {
  return numbers[architecture === 'x64' ? 0 : 1];
}
