import { describe, expect, test } from 'vitest';
import { parseMounts, visibleMounts } from '../../../../src/checks/isolation/mount-table.ts';
import { writableMounts } from '../../../../src/checks/isolation/mounts.ts';

/** A read-only root, memory and devices of its own, the kernel's files, and the run's directory. */
const FENCED = `70 43 254:0 / / ro,nosuid - ext4 /dev/vda rw,discard
71 70 0:41 / /dev rw,nosuid,nodev - tmpfs tmpfs rw,mode=755
72 71 0:6 /null /dev/null rw,nosuid - devtmpfs devtmpfs rw,size=12m
73 71 0:42 / /dev/pts rw,nosuid - devpts devpts rw
74 70 0:43 / /proc rw,nosuid - proc proc rw
75 70 0:44 / /tmp rw,nosuid master:1 shared:7 - tmpfs tmpfs rw
76 75 254:0 /scratch/run /tmp/run rw,relatime - ext4 /dev/vda rw`;

const judged = (mountinfo: string, more = '', shared: string[] = []): [boolean, string] => {
  const text = `${mountinfo}\n${more}`;
  const { holds, observed } = writableMounts({ text }, { memoryDevices: ['0:25'], shared }, [
    '/tmp/run',
    '/tmp/run/data',
  ]);
  return [holds, observed];
};

describe('what a copy may write to', () => {
  test('is its own directory and its own memory', () => {
    expect(judged(FENCED)).toEqual([true, '7 mounts, none of them']);
  });

  test.each([
    ['a directory of the machine', '80 70 254:0 /srv /srv rw - ext4 /dev/vda rw', '/srv (ext4) is writable'],
    ['memory of the machine', '80 71 0:25 / /dev/shm rw - tmpfs tmpfs rw', '/dev/shm (tmpfs) is writable'],
    ['a disk', '80 71 0:6 /vda /dev/vda rw - devtmpfs devtmpfs rw', '/dev/vda (devtmpfs) is writable'],
    ['a space in its name', '80 70 254:0 /a /a\\040b rw - ext4 /dev/vda rw', '/a b (ext4) is writable'],
    ['a neighbour of the run', '80 75 254:0 /x /tmp/runner rw - ext4 /dev/vda rw', '/tmp/runner (ext4) is writable'],
  ])('not %s', (_, line, observed) => {
    expect(judged(FENCED, line)).toEqual([false, observed]);
  });

  test.each([
    ['what is mounted read-only', '80 70 254:0 /srv /srv ro - ext4 /dev/vda rw'],
    ['a file system that is read-only', '80 70 0:60 / /srv rw - squashfs /dev/loop0 ro'],
    ['what the plan lets it write to', '80 70 254:0 /srv /shared rw - ext4 /dev/vda rw'],
    ['what another mount covers', '60 70 254:0 /srv /tmp rw - ext4 /dev/vda rw\n81 60 0:44 / /tmp rw - tmpfs tmpfs rw'],
  ])('%s does no harm', (_, lines) => {
    expect(judged(FENCED, lines, ['/shared'])[0]).toBe(true);
  });

  test('is not held without an answer, or without a root in it', () => {
    const nothing = { memoryDevices: [], shared: [] };
    expect(writableMounts({ why: 'permission denied' }, nothing, [])).toMatchObject({
      holds: false,
      observed: 'not answered: permission denied',
    });
    expect(writableMounts({ text: '' }, nothing, []).holds).toBe(false);
  });
});

test('of two roots the one that was mounted last is seen', () => {
  const mounts = parseMounts('10 1 0:1 / / rw - rootfs rootfs rw\n20 10 254:0 / / rw - ext4 /dev/vda rw');
  expect(visibleMounts(mounts).map(({ id }) => id)).toEqual(['20']);
});
