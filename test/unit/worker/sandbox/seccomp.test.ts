import { describe, expect, it } from 'vitest';
import { seccompFilter } from '../../../../worker/sandbox/seccomp.ts';

const ALLOW = 'allow';
const EPERM = 1;
const ENOSYS = 38;
const X64 = 0xc000003e;
const ARM64 = 0xc00000b7;

/** Runs the filter as the kernel does, for one call. */
function judge(architecture: string, audit: number, call: number, args: readonly number[] = []) {
  const program = seccompFilter(architecture);
  if (program === null) throw new Error(`there is no filter for ${architecture}`);
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call >>> 0, 0);
  data.writeUInt32LE(audit, 4);
  args.forEach((value, index) => {
    data.writeBigUInt64LE(BigInt(value), 16 + 8 * index);
  });
  let accumulator = 0;
  for (let at = 0; at < program.length / 8; at += 1) {
    const code = program.readUInt16LE(at * 8);
    const [whenTrue, whenFalse] = [program[at * 8 + 2] ?? 0, program[at * 8 + 3] ?? 0];
    const value = program.readUInt32LE(at * 8 + 4);
    if (code === 0x20) accumulator = data.readUInt32LE(value);
    else if (code === 0x15) at += accumulator === value ? whenTrue : whenFalse;
    else if (code === 0x45) at += (accumulator & value) !== 0 ? whenTrue : whenFalse;
    else if (code === 0x06) return value === 0x7fff0000 ? ALLOW : value & 0xffff;
    else throw new Error(`${code} is no instruction of this filter`);
  }
  throw new Error('the filter has no end');
}

describe('the filter of system calls', () => {
  it.each([
    ['x64', X64, { read: 0, execve: 59, clone: 56, clone3: 435, ptrace: 101, mount: 165 }],
    ['arm64', ARM64, { read: 63, execve: 221, clone: 220, clone3: 435, ptrace: 117, mount: 40 }],
  ])(
    'lets programs of %s start others, and refuses what builds do not need',
    (name, audit, call) => {
      expect(judge(name, audit, call.read)).toBe(ALLOW);
      expect(judge(name, audit, call.execve)).toBe(ALLOW);
      expect(judge(name, audit, call.ptrace)).toBe(EPERM);
      expect(judge(name, audit, call.mount)).toBe(EPERM);
      expect(judge(name, audit, call.clone3)).toBe(ENOSYS);
      // SIGCHLD alone, as fork; then each of the namespaces.
      expect(judge(name, audit, call.clone, [17])).toBe(ALLOW);
      for (const flag of [
        0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000,
      ]) {
        expect(judge(name, audit, call.clone, [flag | 17])).toBe(EPERM);
      }
    },
  );

  it('refuses sockets of every family but the local one', () => {
    for (const call of [41, 53]) {
      expect(judge('x64', X64, call, [1])).toBe(ALLOW);
      for (const family of [2, 10, 16, 17, 38, 40]) {
        expect(judge('x64', X64, call, [family])).toBe(EPERM);
      }
    }
  });

  it('refuses typing into terminals, whatever the upper half of the argument holds', () => {
    expect(judge('x64', X64, 16, [0, 0x5412])).toBe(EPERM);
    expect(judge('x64', X64, 16, [0, 0x1_0000_5412])).toBe(EPERM);
    expect(judge('x64', X64, 16, [0, 0x541c])).toBe(EPERM);
    expect(judge('x64', X64, 16, [0, 0x5401])).toBe(ALLOW);
  });

  it('refuses calls by the numbers of another processor or of the x32 variant', () => {
    expect(judge('x64', 0x40000003, 26)).toBe(ENOSYS);
    expect(judge('x64', X64, 0x40000000 | 101)).toBe(ENOSYS);
    expect(judge('arm64', X64, 63)).toBe(ENOSYS);
  });

  it('is not made for processors whose numbers are not known', () => {
    expect(seccompFilter('riscv64')).toBeNull();
  });
});
