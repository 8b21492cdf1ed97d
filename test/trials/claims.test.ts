import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { drill, sandboxKind, startDrill, workspace, writePlan, type DrillRun } from '../fixtures/drill.ts';
import { engineBetween } from '../fixtures/engine-between.ts';
import { startServer } from '../fixtures/ssh-server.ts';
import { until } from '../fixtures/until.ts';
import { trial } from './trial.ts';

/** A bwrap that fences everything off but the program `postgres`. */
const FENCES_ALL_BUT_THE_SERVER = `#!/bin/bash
for ((i = 1; i <= $#; i++)); do
  case \${!i} in */postgres) exec "\${@:i}" ;; esac
done
exec /usr/bin/bwrap "$@"
`;

/** Names of the isolation assertions that did not hold. */
function broken({ report }: DrillRun): string[] {
  const isolation = report?.checks.filter(({ kind, status }) => kind === 'isolation' && status !== 'passed') ?? [];
  return isolation.map(({ name }) => name).toSorted();
}

/** What a server has that nothing fences off, wherever it is. */
const UNFENCED = [
  'no Unix socket of the machine is in its network namespace',
  'the copy can write to nothing of the machine but its own directories',
  'the copy has no capability of root, and cannot get one',
  'the copy has no network',
  'the copy sees no process but its own',
  'the copy shares no namespace with the machine',
];

async function onThisMachine(): Promise<DrillRun> {
  const place = workspace();
  const programs = join(place.root, 'bin');
  mkdirSync(programs);
  writeFileSync(join(programs, 'bwrap'), FENCES_ALL_BUT_THE_SERVER);
  chmodSync(join(programs, 'bwrap'), 0o755);
  return startDrill(place, [], { PATH: `${programs}:${process.env['PATH'] ?? ''}` }).finished;
}

async function onServer(): Promise<DrillRun> {
  const server = await startServer();
  onTestFinished(server.remove);
  server.sh(`cat >/usr/local/bin/bwrap <<'EOF'\n${FENCES_ALL_BUT_THE_SERVER}EOF\nchmod 755 /usr/local/bin/bwrap`);
  // What is as old as the run may be of the run: a server is older than the runs on it.
  await until('the server is older', () => Number(server.sh('ps -o etimes= -p 1')) > 3, 250);
  const place = workspace();
  return drill(place, writePlan(place, 'server', { name: place.name, sandbox: server.sandbox }));
}

/** The engine is told to let the container of the instance share what it can of the machine. */
async function inContainer(): Promise<DrillRun> {
  const place = workspace();
  const engine = await engineBetween(
    place.root,
    ({ name, HostConfig: options }) => {
      if (name.startsWith('pgdrill-drill-')) return;
      const shared = { NetworkMode: 'host', PidMode: 'host', IpcMode: 'host', UTSMode: 'host' };
      Object.assign(options, shared, { ReadonlyRootfs: false, CapDrop: [], SecurityOpt: [] });
    },
    onTestFinished,
  );
  return startDrill(place, [], { DOCKER_HOST: engine }).finished;
}

const WAYS = { local: onThisMachine, ssh: onServer, docker: inContainer };

trial('A4', async () => {
  const run = await WAYS[sandboxKind]();
  expect(broken(run)).toEqual(expect.arrayContaining(UNFENCED));
  return run;
});
