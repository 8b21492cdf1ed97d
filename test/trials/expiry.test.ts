import { chmodSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { copyTree } from '../fixtures/copy-tree.ts';
import { Cluster, makeTestDirectory } from '../fixtures/cluster.ts';
import { startDrill, workspace, type DrillRun } from '../fixtures/drill.ts';
import { trial } from './trial.ts';

let cluster: Cluster;
let before: string;

/** The repository as it was before production expired the older of two sets, in `before`, and after, in `repo1`. */
beforeAll(async () => {
  const root = makeTestDirectory('expiry');
  cluster = await Cluster.create({
    root,
    global: [`repo1-path=${root}/repo1`, 'repo1-retention-full=1', 'compress-type=none', 'expire-auto=n'],
  });
  before = join(root, 'before');
  for (const name of ['older', 'newer']) {
    await cluster.backup('full');
    await cluster.sql(`create table ${name} ()`);
    await cluster.archive();
  }
  await cluster.stop();
  copyTree(join(root, 'repo1'), before);
});

afterAll(() => rmSync(cluster.root, { recursive: true, force: true }));

/** Drills the older set; it is expired as soon as a program with these words is started behind the fence, by the drill's user. */
function expiredAt(words: string): Promise<DrillRun> {
  const repo = join(cluster.root, 'repo1');
  rmSync(repo, { recursive: true });
  copyTree(before, repo);
  const [older = ''] = globSync('*F', { cwd: join(repo, 'backup/shop') }).toSorted();
  const place = { ...workspace(), repo: join(cluster.root, 'before'), config: cluster.config };
  const programs = join(place.root, 'bin');
  mkdirSync(programs);
  // The drill's user writes there that it was done.
  chmodSync(programs, 0o777);
  const expire = cluster.pgbackrest('expire').join(' ');
  const program = `#!/bin/bash
case " $* " in *${words}*)
  [ -e ${programs}/expired ] || ${expire} >${programs}/expired 2>&1 ;;
esac
exec /usr/bin/bwrap "$@"
`;
  writeFileSync(join(programs, 'bwrap'), program);
  chmodSync(join(programs, 'bwrap'), 0o755);
  return startDrill(place, ['--backup', older], { PATH: `${programs}:${process.env['PATH'] ?? ''}` }).finished;
}

trial('C17', () => expiredAt("' restore '"));

trial('C17b', () => expiredAt('cluster_name=pgdrill'));
