import { rowOf } from '../../checks/integrity/outcome.ts';
import { runIntegrity, unaskedParts } from '../../checks/integrity/run-integrity.ts';
import type { Inspected } from '../../checks/wholeness.ts';
import { optionsFor } from '../../pgbackrest/user-config.ts';
import type { IntegrityPartReport } from '../../report/integrity-report.ts';
import type { Station } from '../../sandbox/sandbox.ts';
import { kindOf } from '../../targets/index.ts';
import type { Settled } from '../preflight/preflight.ts';
import type { Recovered } from '../recover/recovered.ts';
import { tellProgress, type Run } from '../run.ts';
import { blameOf } from '../why-ended.ts';

interface Copy {
  readonly recovered: Recovered;
  readonly station: Station;
  readonly ready: Settled;
}

/** Looks into the restored data as deep as the plan says. What a part found is on the record as soon as it has ended. */
export async function lookDeep(run: Run, { recovered, station, ready }: Copy, inspected: Inspected): Promise<void> {
  const { plan, record, services, signal } = run;
  if (plan.integrity === null) return;
  const open = inspected.databases.filter(({ refusal }) => refusal === null).map(({ name }) => name);
  await runIntegrity(plan.integrity, {
    host: station.host,
    paths: station.paths,
    sessions: recovered.sessions,
    binaries: ready.binaries,
    inspected,
    databases: open,
    jobs: station.facts.cpus,
    standby: kindOf(ready.target).staysInRecovery,
    keepInstance: run.keepInstance || services.explore !== null,
    excluded: optionsFor(record.config, plan.source.stanza, 'backup').get('exclude') ?? [],
    serverEnded: () => recovered.server.exited,
    monotonicMs: () => services.clock.monotonicMs(),
    signal,
    onProgress: (text, fraction) => tellProgress(run, { fraction, bytesPerSecond: null, remainingMs: null, text }),
    onDone: (part) => note(run, part),
  });
}

/** A sandbox that broke under a part is to blame for what that says. */
async function note({ record, services }: Run, part: IntegrityPartReport): Promise<void> {
  const blamed = part.outcome === 'failed' || part.outcome === 'inconclusive' ? await blameOf(record) : null;
  if (blamed) throw blamed;
  const row = rowOf(part);
  record.integrity.push(part);
  record.checks.push(row);
  services.emit({ kind: 'check-ended', check: row });
}

/** Nothing was asked, and why. */
export function skipLook({ plan, record }: Run, why: string): void {
  if (plan.integrity === null) return;
  const parts = unaskedParts(plan.integrity, why);
  record.integrity.push(...parts);
  record.checks.push(...parts.map(rowOf));
}
