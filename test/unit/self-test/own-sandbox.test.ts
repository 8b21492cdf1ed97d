import { expect, test } from 'vitest';
import { sandboxSchema } from '../../../src/sandbox/registry.ts';
import { sandboxOfOwn } from '../../../src/self-test/ground.ts';

const DRILLS = '/var/lib/pgdrill/run/d';

test.each([
  ['none', null, { kind: 'local', scratch: DRILLS }],
  [
    'on this machine',
    { kind: 'local', scratch: '/else', reuse: true, settings: { work_mem: '8MB' } },
    { kind: 'local', scratch: DRILLS, settings: { work_mem: '8MB' } },
  ],
  [
    'in a container',
    { kind: 'docker', image: 'pgdrill:17', shm: '1GB', reuse: true },
    { kind: 'docker', image: 'pgdrill:17', shm: 1024 ** 3 },
  ],
  // A server sees no repository of this machine.
  ['on a server', { kind: 'ssh', host: 'standby-1' }, { kind: 'local', scratch: DRILLS }],
])('a small cluster for a plan whose drill happens %s', (_, written, expected) => {
  const planned = written === null ? null : sandboxSchema.parse(written);
  expect(sandboxSchema.parse(sandboxOfOwn(planned, DRILLS))).toMatchObject({ reuse: false, ...expected });
});
