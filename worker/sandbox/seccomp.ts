/**
 * The filter of system calls for builds, as the kernel takes it: a program of classic BPF. Everything is allowed but
 * what REFUSED_CALLS lists and what is judged here, since compilers of other systems may need calls that ours do not.
 */
import { constants } from 'node:os';
import {
  type FilteredArchitecture,
  JUDGED_CALLS,
  numberOf,
  REFUSED_CALLS,
} from './system-calls.ts';

interface Instruction {
  readonly code: number;
  /** Instructions to skip when a comparison is true, and when it is not. */
  readonly jumpTrue?: number;
  readonly jumpFalse?: number;
  readonly value: number;
}

// linux/bpf_common.h, joined: BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_JMP|BPF_JSET|BPF_K, BPF_RET|BPF_K.
const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_BITS = 0x45;
const RETURN = 0x06;

// struct seccomp_data; both processors put an argument's low half first.
const CALL_OFFSET = 0;
const ARCHITECTURE_OFFSET = 4;
const argumentOffset = (index: number): number => 16 + 8 * index;

// linux/seccomp.h
const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;

/** linux/audit.h */
const ARCHITECTURES: Readonly<Record<FilteredArchitecture, number>> = {
  x64: 0xc000003e,
  arm64: 0xc00000b7,
};
/** Set in the numbers of the x32 variant, whose calls would else slip past. */
const X32_BIT = 0x40000000;
/** `CLONE_NEWNS`, `…CGROUP`, `…UTS`, `…IPC`, `…USER`, `…PID`, `…NET`. */
const NAMESPACE_FLAGS = 0x7e020000;
const AF_UNIX = 1;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

const load = (offset: number): Instruction => ({ code: LOAD, value: offset });
const refuse = (errno: number): Instruction => ({ code: RETURN, value: ERRNO | errno });
const allow: Instruction = { code: RETURN, value: ALLOW };
const skipUnlessEqual = (value: number, skip: number): Instruction => ({
  code: JUMP_EQUAL,
  jumpFalse: skip,
  value,
});

/** Each block leaves the number of the call loaded, or ends the program. */
function refuseAlways(call: number, errno: number): Instruction[] {
  return [skipUnlessEqual(call, 1), refuse(errno)];
}

function refuseFlags(call: number, argument: number, flags: number): Instruction[] {
  const test: Instruction = { code: JUMP_BITS, jumpFalse: 1, value: flags };
  return [
    skipUnlessEqual(call, 4),
    load(argumentOffset(argument)),
    test,
    refuse(constants.errno.EPERM),
    allow,
  ];
}

function refuseValues(call: number, argument: number, values: readonly number[]): Instruction[] {
  const tests = values.flatMap((value) => refuseAlways(value, constants.errno.EPERM));
  return [skipUnlessEqual(call, tests.length + 2), load(argumentOffset(argument)), ...tests, allow];
}

function allowValueOnly(call: number, argument: number, value: number): Instruction[] {
  return [
    skipUnlessEqual(call, 4),
    load(argumentOffset(argument)),
    skipUnlessEqual(value, 1),
    allow,
    refuse(constants.errno.EPERM),
  ];
}

function instructions(architecture: FilteredArchitecture): Instruction[] {
  const { EPERM, ENOSYS } = constants.errno;
  const judged = (name: keyof typeof JUDGED_CALLS): number =>
    numberOf(JUDGED_CALLS[name], architecture) ?? -1;
  const refused = Object.values(REFUSED_CALLS).flatMap((numbers) => {
    const call = numberOf(numbers, architecture);
    return call === null ? [] : refuseAlways(call, EPERM);
  });
  const x32: Instruction[] =
    architecture === 'x64'
      ? [{ code: JUMP_BITS, jumpFalse: 1, value: X32_BIT }, refuse(ENOSYS)]
      : [];
  return [
    load(ARCHITECTURE_OFFSET),
    { code: JUMP_EQUAL, jumpTrue: 1, value: ARCHITECTURES[architecture] },
    refuse(ENOSYS),
    load(CALL_OFFSET),
    ...x32,
    ...refused,
    // Its flags lie in memory, which a filter cannot read; «there is no such call» makes programs take clone.
    ...refuseAlways(judged('clone3'), ENOSYS),
    ...refuseFlags(judged('clone'), 0, NAMESPACE_FLAGS),
    ...refuseValues(judged('ioctl'), 1, [TIOCSTI, TIOCLINUX]),
    ...allowValueOnly(judged('socket'), 0, AF_UNIX),
    ...allowValueOnly(judged('socketpair'), 0, AF_UNIX),
    allow,
  ];
}

/** @returns the filter as `struct sock_filter[]`; null for a processor whose numbers are not known here. */
export function seccompFilter(architecture: string = process.arch): Buffer | null {
  if (architecture !== 'x64' && architecture !== 'arm64') return null;
  const program = instructions(architecture);
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(({ code, jumpTrue = 0, jumpFalse = 0, value }, index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jumpTrue, index * 8 + 2);
    bytes.writeUInt8(jumpFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  });
  return bytes;
}
