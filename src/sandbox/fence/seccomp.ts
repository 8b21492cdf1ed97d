import { CLONE, CLONE3, DENIED, FALLOCATE, IO_URING, IOCTL, SOCKET, type Arch } from './syscalls.ts';

/** The numbers by which the kernel tells a program's instruction set (linux/audit.h). */
const AUDIT_ARCH: Readonly<Record<Arch, number>> = { x86_64: 0xc000003e, aarch64: 0xc00000b7 };

/** Instructions of classic BPF (linux/bpf_common.h): load a word, return, and three kinds of jump. */
const LOAD = 0x20;
const RETURN = 0x06;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_ANY_BIT = 0x45;

/** Where the words of `struct seccomp_data` lie (linux/seccomp.h). Both architectures are little-endian. */
const NUMBER = 0;
const ARCH = 4;
const FIRST_ARGUMENT = 16;
const SECOND_ARGUMENT = 24;

const ALLOW = 0x7fff0000;
const errno = (code: number): number => 0x00050000 | code;
const [EPERM, ENOSYS, EOPNOTSUPP, EAFNOSUPPORT] = [1, 38, 95, 97];

/** Calls of the x32 instruction set carry this bit, and would go past the numbers of the list. */
const X32_BIT = 0x40000000;

/** A namespace of one's own brings capabilities in it, and with them most ways out of a fence: all of `CLONE_NEW*`. */
const NEW_NAMESPACE = 0x7e020000;

/** Unix sockets, IPv4 and IPv6 (of the network namespace), netlink (of it too). AF_VSOCK knows no namespaces. */
const FAMILIES = [1, 2, 10, 16];

/** They put words into a terminal as if somebody had typed them: TIOCSTI and TIOCLINUX. */
const TYPING = [0x5412, 0x541c];

/** The older words for fallocate: FS_IOC_RESVSP, FS_IOC_RESVSP64 and FS_IOC_ZERO_RANGE (linux/falloc.h). */
const RESERVING = [0x40305828, 0x4030582a, 0x40305839];

interface Instruction {
  readonly code: number;
  readonly k: number;
  /** Labels to go on at when a jump's condition holds and when it does not; absent: the next instruction. */
  readonly yes?: string;
  readonly no?: string;
  readonly label?: string;
}

/**
 * The filter of system calls for `bwrap --seccomp`, or null for an architecture whose numbers are not known here. It
 * refuses what a database never needs and what ways out of fences were made of: other processes, mounts, namespaces,
 * keyrings, kernel modules, BPF, performance counters, the clock. `clone3` is said to be unknown, since a filter
 * cannot see its flags and the C library then uses `clone`. So is io_uring, unless the copy is to use it, as PostgreSQL 18
 * can (`io_method`). Nobody may take a whole disk by one call: the C library then writes where room was asked for, and the
 * reserve is looked at meanwhile.
 */
export function seccompFilter(machine: string, { usesIoUring }: { readonly usesIoUring: boolean }): Buffer | null {
  if (machine !== 'x86_64' && machine !== 'aarch64') return null;
  const refused = DENIED.flatMap((call) => call[machine] ?? []);
  return assemble([
    { code: LOAD, k: ARCH },
    { code: JUMP_EQUAL, k: AUDIT_ARCH[machine], no: 'refuse' },
    { code: LOAD, k: NUMBER },
    { code: JUMP_AT_LEAST, k: X32_BIT, yes: 'refuse' },
    ...refused.map((number) => ({ code: JUMP_EQUAL, k: number, yes: 'refuse' })),
    ...(usesIoUring ? [] : IO_URING)
      .flatMap((call) => call[machine] ?? [])
      .map((number) => ({ code: JUMP_EQUAL, k: number, yes: 'unknown' })),
    { code: JUMP_EQUAL, k: CLONE3[machine], yes: 'unknown' },
    { code: JUMP_EQUAL, k: FALLOCATE[machine], yes: 'unsupported' },
    { code: JUMP_EQUAL, k: CLONE[machine], yes: 'clone' },
    { code: JUMP_EQUAL, k: SOCKET[machine], yes: 'socket' },
    { code: JUMP_EQUAL, k: IOCTL[machine], yes: 'ioctl', no: 'allow' },
    { label: 'clone', code: LOAD, k: FIRST_ARGUMENT },
    { code: JUMP_ANY_BIT, k: NEW_NAMESPACE, yes: 'refuse', no: 'allow' },
    { label: 'ioctl', code: LOAD, k: SECOND_ARGUMENT },
    ...TYPING.map((request) => ({ code: JUMP_EQUAL, k: request, yes: 'refuse' })),
    ...RESERVING.map((request) => ({ code: JUMP_EQUAL, k: request, yes: 'unsupported' })),
    { code: RETURN, k: ALLOW },
    { label: 'socket', code: LOAD, k: FIRST_ARGUMENT },
    ...FAMILIES.map((family) => ({ code: JUMP_EQUAL, k: family, yes: 'allow' })),
    { code: RETURN, k: errno(EAFNOSUPPORT) },
    { label: 'allow', code: RETURN, k: ALLOW },
    { label: 'unknown', code: RETURN, k: errno(ENOSYS) },
    { label: 'unsupported', code: RETURN, k: errno(EOPNOTSUPP) },
    { label: 'refuse', code: RETURN, k: errno(EPERM) },
  ]);
}

/** `struct sock_filter` each: 16 bits of code, two jumps of 8 bits, counted from the next instruction on, 32 bits of k. */
function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(({ code, k, yes, no }, index) => {
    const distance = (label?: string): number =>
      label === undefined ? 0 : program.findIndex((instruction) => instruction.label === label) - index - 1;
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(distance(yes), index * 8 + 2);
    bytes.writeUInt8(distance(no), index * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, index * 8 + 4);
  });
  return bytes;
}
