import { describe, expect, test } from 'vitest';
import { hiddenPaths, refuseShown } from '../../../src/sandbox/shown.ts';

const hidden = hiddenPaths({
  productionPaths: [{ path: '/srv/pg/15/main', local: true }],
  productionServers: [
    { host: '/run/postgresql', port: 5432 },
    { host: 'db1.example.org', port: 5432 },
  ],
  repositoryPaths: ['/backup/repo'],
  configFiles: ['/etc/pgbackrest/pgbackrest.conf'],
});

describe('what a plan shows', () => {
  test.each([
    ['/srv/pg/15/main', 'is a data directory of production'],
    ['/srv/pg/15/main/base', 'lies in a data directory of production'],
    ['/srv', 'holds a data directory of production'],
    ['/run/postgresql', 'is the sockets of production'],
    ['/backup', 'holds a repository'],
    ['/etc/pgbackrest', 'holds the configuration of pgBackRest'],
  ])('%s is refused', (real, why) => {
    expect(() => refuseShown({ path: '/tools', real }, hidden)).toThrow(`sandbox.mounts: /tools ${why}`);
  });

  test.each(['/opt/checks', '/srv/pg/15/main-tools', '/srv/pg/15/mai', '/backup/repository'])('%s is not', (real) => {
    expect(() => refuseShown({ path: real, real }, hidden)).not.toThrow();
  });
});
