import { optionsFor, type UserConfig } from '../pgbackrest/user-config.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { DrillReport } from '../report/report.ts';
import type { RunStore } from '../store/run-store.ts';
import type { PastRun } from '../store/past-runs.ts';
import { toldOf } from '../targets/index.ts';
import { PROCEDURES, type ProcedureName } from './procedures.ts';
import type { RunbookInput } from './runbook.ts';

/** How many past runs are looked through: what is older proves little. */
const LOOKED_BACK = 1000;

/** Collects what a runbook is made of: the plan, production's configuration, and the runs on record. Reads alone. */
export function collectRunbook(plan: DrillPlan, config: UserConfig, store: RunStore): RunbookInput {
  const { stanza } = plan.source;
  const { roles = {}, inform = null, stop = null, start = null } = plan.runbook ?? {};
  const runs = store.read(store.list(plan.name).ended.slice(-LOOKED_BACK)).toReversed();
  const passed = runs.filter(({ verdict }) => verdict === 'passed');
  const failed = runs.find(({ verdict }) => verdict === 'failed');
  const failedSince = failed !== undefined && failed.startedAt > (passed[0]?.startedAt ?? '') ? failed : undefined;
  return {
    drill: plan.name,
    stanza,
    plan: plan.file ?? plan.name,
    production: {
      data: optionsFor(config, stanza, 'restore').get('pg1-path')?.[0] ?? null,
      config: config.files,
      stop,
      start,
    },
    roles,
    inform,
    proven: provenBy(passed, store),
    failedSince: failedSince ? reportOf(failedSince, store) : null,
  };
}

function provenBy(passed: readonly PastRun[], store: RunStore): RunbookInput['proven'] {
  const last = (name: ProcedureName): DrillReport | null => {
    const { rehearsedBy } = PROCEDURES[name];
    const run = passed.find(({ target }) => toldOf(target.type).rehearses === rehearsedBy);
    return run ? reportOf(run, store) : null;
  };
  return {
    latest: last('latest'),
    pointInTime: last('pointInTime'),
    standby: last('standby'),
    singleTable: last('singleTable'),
  };
}

/** Null: its report is not there any more, so nothing can be copied from it. */
function reportOf({ run, drill }: PastRun, store: RunStore): DrillReport | null {
  try {
    return store.find(run, drill);
  } catch {
    return null;
  }
}
