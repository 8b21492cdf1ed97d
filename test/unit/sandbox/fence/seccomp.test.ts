import { expect, test } from 'vitest';
import { seccompFilter } from '../../../../src/sandbox/fence/seccomp.ts';

const ARCH = { x86_64: 0xc000003e, aarch64: 0xc00000b7 } as const;

interface Call {
  readonly arch?: number;
  readonly number: number;
  readonly first?: number;
  readonly second?: number;
}

/** Runs the filter as the kernel does: it may load a word, jump forward and return. */
function verdictOf(filter: Buffer, arch: number, { number, first = 0, second = 0, ...call }: Call): string {
  const words = new Map([
    [0, number],
    [4, call.arch ?? arch],
    [16, first],
    [24, second],
  ]);
  let word = 0;
  for (let at = 0; ; at += 1) {
    const [code, yes, no, k] = [
      filter.readUInt16LE(at * 8),
      filter.readUInt8(at * 8 + 2),
      filter.readUInt8(at * 8 + 3),
      filter.readUInt32LE(at * 8 + 4),
    ];
    if (code === 0x20) word = words.get(k) ?? NaN;
    else if (code === 0x15) at += word === k ? yes : no;
    else if (code === 0x35) at += word >>> 0 >= k ? yes : no;
    else if (code === 0x45) at += (word & k) !== 0 ? yes : no;
    else if (code === 0x06) return k === 0x7fff0000 ? 'allowed' : `errno ${k & 0xffff}`;
    else throw new Error(`instruction ${code} is none of the filter's`);
  }
}

test.each([
  ['x86_64', { number: 0 }, 'allowed', 'read'],
  ['x86_64', { number: 101 }, 'errno 1', 'ptrace'],
  ['x86_64', { number: 165 }, 'errno 1', 'mount'],
  ['x86_64', { number: 272 }, 'errno 1', 'unshare'],
  ['x86_64', { number: 425 }, 'errno 38', 'io_uring_setup'],
  ['x86_64', { number: 285 }, 'errno 95', 'fallocate'],
  ['aarch64', { number: 47 }, 'errno 95', 'fallocate'],
  ['x86_64', { number: 16, second: 0x4030582a }, 'errno 95', 'ioctl FS_IOC_RESVSP64'],
  ['x86_64', { number: 435 }, 'errno 38', 'clone3'],
  ['x86_64', { number: 56, first: 0x1200011 }, 'allowed', 'fork'],
  ['x86_64', { number: 56, first: 0x3d0f00 }, 'allowed', 'a thread'],
  ['x86_64', { number: 56, first: 0x10000011 }, 'errno 1', 'clone with a namespace of users'],
  ['x86_64', { number: 41, first: 1 }, 'allowed', 'a Unix socket'],
  ['x86_64', { number: 41, first: 16 }, 'allowed', 'a netlink socket'],
  ['x86_64', { number: 41, first: 40 }, 'errno 97', 'a socket to the hypervisor'],
  ['x86_64', { number: 16, second: 0x5401 }, 'allowed', 'ioctl TCGETS'],
  ['x86_64', { number: 16, second: 0x5412 }, 'errno 1', 'ioctl TIOCSTI'],
  ['x86_64', { number: 0x40000000 + 101 }, 'errno 1', 'ptrace of x32'],
  ['x86_64', { arch: 0x40000003, number: 26 }, 'errno 1', 'ptrace of i386'],
  ['aarch64', { number: 117 }, 'errno 1', 'ptrace'],
  ['aarch64', { number: 101 }, 'allowed', 'nanosleep'],
  ['aarch64', { number: 198, first: 40 }, 'errno 97', 'a socket to the hypervisor'],
  ['aarch64', { number: 220, first: 0x10000011 }, 'errno 1', 'clone with a namespace of users'],
] as const)('on %s, %j is %s: %s', (machine, call, verdict, _what) => {
  const filter = seccompFilter(machine, { usesIoUring: false });
  expect(filter && verdictOf(filter, ARCH[machine], call)).toBe(verdict);
});

test('a copy that is asked to use io_uring may', () => {
  const filter = seccompFilter('x86_64', { usesIoUring: true });
  expect(filter && verdictOf(filter, ARCH.x86_64, { number: 425 })).toBe('allowed');
});

test('there is none for a machine whose numbers are not known', () => {
  expect(seccompFilter('s390x', { usesIoUring: false })).toBeNull();
});
