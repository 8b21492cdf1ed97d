import { join } from 'node:path';
import type { CleanupStack } from '../core/cleanup.ts';
import { newestPostgres } from '../demo/newest-postgres.ts';
import { ProductionCluster } from '../demo/production.ts';
import { SHOP } from '../demo/shop.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { needsEngine } from '../sandbox/registry.ts';
import { overriding, sandboxOfOwn, type TestGround } from './ground.ts';
import type { Place } from '../trial-run/place.ts';

/** WAL segments behind the backup: one of them can be missing between two that are there. */
const SEGMENTS = 4;

const DATABASE = 'shop';

const CHECKS = [
  {
    name: 'the customers are there',
    database: DATABASE,
    sql: 'select count(*) from customers',
    expect: { equals: 500 },
  },
  { name: 'the orders are there', database: DATABASE, sql: 'select count(*) from orders', expect: { atLeast: 8000 } },
  {
    name: 'every order line has its order',
    database: DATABASE,
    sql: 'select l.order_id from order_lines l left join orders o on o.id = l.order_id where o.id is null',
    expect: { rows: 0 },
  },
];

/** Makes a small cluster with an encrypted repository, as the demo has one, and stops it: its archive has an end. */
export async function makeOwnGround(
  place: Place,
  sandbox: DrillPlan['sandbox'] | null,
  cleanup: CleanupStack,
  signal: AbortSignal,
): Promise<TestGround> {
  const { host } = place;
  const root = join(place.root, 'own');
  await host.makeDirectory(root);
  const binaries = await newestPostgres(host);
  const production = new ProductionCluster({ host, binaries, root, database: DATABASE, signal });
  cleanup.push('stop the small cluster', (hurry) => production.stop(hurry));
  await production.start();
  for (const statement of SHOP) await production.query(statement);
  await production.backup('full');
  for (let count = 0; count < SEGMENTS; count += 1) {
    await production.query('select place_order()');
    await production.archiveAll();
  }
  await production.stop(signal);
  return {
    kind: 'own',
    file: null,
    overrides: overriding({
      source: { stanza: production.stanza, config: production.configPath },
      sandbox: sandboxOfOwn(sandbox, place.drills),
      checks: CHECKS,
    }),
    env: {},
    repository: production.repoPath,
    mayRunUnfenced: sandbox === null || !needsEngine(sandbox),
  };
}
