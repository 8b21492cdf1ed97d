import { errorCode, messageOf } from '../core/errors.ts';
import { visible } from '../report/visible.ts';
import type { DrillReport } from '../report/report.ts';
import type { ControlResult, FaultResult, SelfTestDocument } from './document.ts';
import { drillOn, type Bench, type Drilled } from '../trial-run/drill-on.ts';
import type { SelfTestEvent } from './events.ts';
import type { Fault, FaultSite } from './fault.ts';
import { overriding, planOn, type TestGround } from './ground.ts';
import type { Grounds } from './grounds.ts';
import { judgeFault } from './judge.ts';
import { lookingForTable, type FoundTable } from './look-for-table.ts';
import type { Place } from '../trial-run/place.ts';

interface Work {
  readonly grounds: Grounds;
  readonly findings: Findings;
  readonly bench: Bench;
  readonly place: Place;
  readonly now: Date;
  readonly tell: (event: SelfTestEvent) => void;
}

type Found = Pick<SelfTestDocument, 'controls' | 'faults' | 'postgres' | 'pgbackrest' | 'notCopied' | 'left'>;

/** What was found out so far, however the self-test ends. */
export class Findings {
  readonly controls: ControlResult[] = [];
  readonly faults: FaultResult[] = [];
  readonly left: string[] = [];
  versions: Pick<Found, 'postgres' | 'pgbackrest'> = { postgres: null, pgbackrest: null };
  notCopied: string | null = null;

  all(): Found {
    const { controls, faults, left, versions, notCopied } = this;
    return { ...versions, notCopied, controls, faults, left };
  }

  /** Notes what a drill has left behind, and the versions that it found. */
  noteReport({ sandbox, cleanup }: DrillReport): void {
    const { postgres, pgbackrest } = sandbox.versions;
    this.versions = {
      postgres: this.versions.postgres ?? postgres,
      pgbackrest: this.versions.pgbackrest ?? pgbackrest,
    };
    for (const { ok, label, message } of cleanup.steps)
      if (!ok) this.left.push(`could not ${label}: ${message ?? '?'}`);
  }
}

/** A repository whose healthy copy was drilled. */
interface Controlled {
  readonly ground: TestGround;
  /** Null: it did not pass, so nothing that is seen there means anything. */
  readonly site: FaultSite | null;
}

/** Drills each healthy copy, and then every fault. What comes of it is among the findings at once. */
export async function tryFaults(faults: Readonly<Record<string, Fault>>, work: Work): Promise<void> {
  const { grounds, findings, bench } = work;
  const named = Object.entries(faults);
  const original = await controlled(await grounds.toRead(), work);
  for (const [name, fault] of named.filter(([, { changesRepository }]) => !changesRepository)) {
    bench.signal.throwIfAborted();
    await tryFault(name, fault, original, work);
  }
  const changing = named.filter(([, { changesRepository }]) => changesRepository);
  if (changing.length === 0) return;
  // Where it did not pass, no other one can mend that.
  const ground =
    original.site === null ? original.ground : await grounds.toChange(original.ground, original.site.control);
  findings.notCopied = grounds.notCopied;
  const other = ground === original.ground ? original : await controlled(ground, work);
  for (const [name, fault] of changing) {
    bench.signal.throwIfAborted();
    await tryFault(name, fault, other, work);
  }
}

/** Says of each fault that was not come to why nothing is shown of it. */
export function leaveRest(
  faults: Readonly<Record<string, Fault>>,
  { findings, tell }: Pick<Work, 'findings' | 'tell' | 'bench'>,
  why: string,
): void {
  const done = new Set(findings.faults.map(({ fault }) => fault));
  for (const [name, fault] of Object.entries(faults).filter(([one]) => !done.has(one))) {
    const found = { ...aboutOf(name, fault), ...notMade(why), durationMs: 0 };
    findings.faults.push(found);
    tell({ kind: 'fault', fault: found });
  }
}

function aboutOf(
  name: string,
  { does, blames, codes }: Fault,
): Pick<FaultResult, 'fault' | 'does' | 'blames' | 'expected'> {
  return { fault: name, does, blames, expected: [...codes] };
}

/** Drills a healthy copy. */
async function controlled(ground: TestGround, work: Work): Promise<Controlled> {
  const { bench, place, now, findings, tell } = work;
  bench.signal.throwIfAborted();
  tell({ kind: 'began', what: 'the healthy copy' });
  const startedMs = performance.now();
  const plan = planOn(ground, place, now);
  let table: FoundTable | null = null;
  const look = lookingForTable(plan, (found) => (table = found));
  const drilled = await drillOn(plan, ground.env, look, bench);
  const { report } = drilled;
  if (report) findings.noteReport(report);
  const control: ControlResult = {
    repository: ground.kind,
    verdict: report?.verdict ?? null,
    codes: codesOf(drilled),
    why: report?.verdict === 'passed' ? null : whyOf(drilled, bench),
    durationMs: Math.round(performance.now() - startedMs),
  };
  findings.controls.push(control);
  tell({ kind: 'control', control });
  const { repository, mayRunUnfenced } = ground;
  const isHealthy = report !== null && report.verdict === 'passed';
  const site = isHealthy ? { control: report, plan, repository, aside: place.aside, table, mayRunUnfenced } : null;
  return { ground, site };
}

/** Makes a fault, drills what has it, and takes it back. */
async function tryFault(name: string, fault: Fault, { ground, site }: Controlled, work: Work): Promise<void> {
  const { findings, tell } = work;
  tell({ kind: 'began', what: name });
  const startedMs = performance.now();
  const seen =
    site === null
      ? notMade('the healthy copy did not pass, so nothing that is seen there means anything')
      : await seenOf(fault, ground, site, work);
  const found: FaultResult = {
    ...aboutOf(name, fault),
    ...seen,
    durationMs: Math.round(performance.now() - startedMs),
  };
  findings.faults.push(found);
  tell({ kind: 'fault', fault: found });
}

type Seen = Omit<FaultResult, 'fault' | 'does' | 'blames' | 'expected' | 'durationMs'>;

/** What the system refuses, such as a file that is gone meanwhile, is no fault of ours. */
function makeOrSay(fault: Fault, site: FaultSite): ReturnType<Fault['make']> {
  try {
    return fault.make(site);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return { cannot: `it could not be made: ${messageOf(error)}` };
  }
}

function notMade(why: string): Seen {
  return { repository: null, result: 'not-shown', verdict: null, codes: [], why, remark: null };
}

async function seenOf(fault: Fault, ground: TestGround, site: FaultSite, work: Work): Promise<Seen> {
  const { bench, place, now, findings } = work;
  const made = makeOrSay(fault, site);
  if ('cannot' in made) return notMade(made.cannot);
  try {
    const plan = planOn(ground, place, now, [...sameSource(site.control), ...(made.overrides ?? [])]);
    const env = { ...ground.env, ...made.env };
    const drilled = await drillOn(plan, env, made.sandbox ?? ((same) => same), bench);
    const { report } = drilled;
    if (report) findings.noteReport(report);
    const { result, why } = judgeFault(fault, made, drilled);
    const wasDone = made.wasDone?.() ?? true;
    return {
      repository: ground.kind,
      result,
      verdict: report?.verdict ?? null,
      codes: codesOf(drilled),
      why: why === null ? null : bench.redactor.text(visible(why)),
      remark: report && wasDone ? (made.remark?.(report) ?? null) : null,
    };
  } finally {
    made.undo?.();
  }
}

/** The very repository that the healthy copy came from: another one must not stand in for what was damaged. */
function sameSource({ source: { repo } }: DrillReport): ReturnType<typeof overriding> {
  return repo === null ? [] : overriding({ 'source.repo': repo.key });
}

function codesOf({ report, refused }: Drilled): string[] {
  return report ? [...new Set(report.reasons.map(({ code }) => code))] : [refused.code];
}

function whyOf({ report, refused }: Drilled, { redactor }: Bench): string {
  const [first] = report?.reasons ?? [];
  const text = report === null ? refused.message : first ? `${first.code}: ${first.message}` : report.verdict;
  return redactor.text(visible(text));
}
