import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { CheckReport, DrillReport } from '../../report/report.ts';
import type { ProvisionedSandbox } from '../../sandbox/sandbox.ts';
import type { Fault } from '../fault.ts';
import { databasesOf, NO_TRIGGERS, sessionsOf } from '../look-for-table.ts';
import { STANDBY, staysStandby } from '../standby.ts';
import { whileUnchecked } from '../tampered.ts';

/** All that people have made in a database is in such a schema. A check that finds nothing of it cannot hold for its sake. */
const SCHEMAS = `
  select quote_ident(nspname), quote_ident('self_test_' || left(md5(nspname), 12))
  from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`;

export const blindChecks: Fault = {
  does: 'everything that the checks of the plan ask for is taken out of their sight',
  changesRepository: false,
  codes: ['check-failed', 'check-error'],
  blames: 'plan',
  make: ({ plan }) => {
    if (!plan.checks.some(({ severity }) => severity === 'critical'))
      return { cannot: 'the plan has no critical check of its own: nobody would see that data are missing' };
    if (staysStandby(plan)) return { cannot: STANDBY };
    let isDone = false;
    const sandbox = whileUnchecked(async (station) => {
      for (const database of databasesOf(plan)) await hideAll(station, database);
      isDone = true;
    });
    return {
      sandbox,
      wasDone: () => isDone,
      isSeen: (report) => ownChecks(report, plan).some(({ status }) => status === 'failed' || status === 'error'),
      remark: (report) => blindText(ownChecks(report, plan)),
    };
  },
};

async function hideAll(station: ProvisionedSandbox, database: string): Promise<void> {
  const sessions = await sessionsOf(station);
  await using session = await sessions.of(sessions.databaseFor(database));
  const renames = (await session.rows(SCHEMAS)).map(([name, other]) => `alter schema ${name} rename to ${other}`);
  await session.execute(['begin read write', NO_TRIGGERS, ...renames, 'commit'].join('; '));
}

function ownChecks({ checks }: DrillReport, plan: DrillPlan): CheckReport[] {
  const names = new Set(plan.checks.map(({ name }) => name));
  return checks.filter(({ name, severity }) => names.has(name) && severity === 'critical');
}

function blindText(own: readonly CheckReport[]): string | null {
  const blind = own.filter(({ status }) => status === 'passed').map(({ name }) => `"${name}"`);
  if (blind.length === 0) return null;
  return `${blind.join(', ')} held all the same: ${blind.length === 1 ? 'it does' : 'they do'} not look at any table`;
}
