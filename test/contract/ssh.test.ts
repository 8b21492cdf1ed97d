import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { ExecHost } from '../../src/host/exec-host.ts';
import { sshSandbox } from '../../src/sandbox/ssh/schema.ts';
import type { Supervisor } from '../../src/sandbox/ssh/supervisor/supervisor.ts';
import { ssh } from '../../src/sandbox/ssh/sandbox.ts';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { leftOnServer, startSupervisor, startServer, type TestServer } from '../fixtures/ssh-server.ts';
import { LONG_MS } from '../fixtures/until.ts';
import { hostContract } from './host.contract.ts';
import { sandboxContract } from './sandbox.contract.ts';

const unique = (): string => `contract-${randomBytes(4).toString('hex')}`;
const root = makeTestDirectory('server');
let server: TestServer;

beforeAll(async () => {
  chmodSync(root, 0o777);
  server = await startServer({ sees: [], writes: [root] });
});
afterAll(() => {
  server.remove();
  rmSync(root, { recursive: true, force: true });
});

describe('a server', () => {
  let supervisor: Supervisor;
  beforeAll(async () => {
    supervisor = await startSupervisor(server, unique());
  });
  afterAll(() => supervisor.finish(AbortSignal.timeout(LONG_MS)));

  hostContract('a server by SSH', () => {
    const start: Supervisor['exec'] = (request) => supervisor.exec(request);
    const host = new ExecHost({ start, where: 'on the server', notes: supervisor.memory, env: {} });
    return { host, directory: makeTestDirectory('contract', root) };
  });
});

sandboxContract('ssh', () => {
  const place = { scratch: undefined, asked: true, signal: new AbortController().signal };
  const plan = { ...server.sandbox, kind: 'ssh' };
  const plantStranger = (): (() => boolean) => {
    const stranger = `/var/lib/pgdrill/${unique()}`;
    server.sh(`mkdir ${stranger}; touch ${stranger}/precious`);
    onTestFinished(() => void server.sh(`rm -rf ${stranger}`));
    return () => server.sh(`ls ${stranger}`).includes('precious');
  };
  return {
    sandbox: ssh.create(sshSandbox.parse(plan)),
    reusing: ssh.create(sshSandbox.parse({ ...plan, reuse: true })),
    showing: (path) => ssh.create(sshSandbox.parse({ ...plan, mounts: [path] })),
    sweep: async (options) => (await ssh.sweep(options, place))?.swept ?? [],
    fencesEach: true,
    drill: unique(),
    left: (drill) => leftOnServer(server, drill),
    plantStranger,
  };
});
