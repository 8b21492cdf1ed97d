import type { DrillReport } from '../../src/report/report.ts';
import { endedEntry } from '../../src/store/ledger/entries.ts';
import { LEDGER_VERSION, lineHash, lineText, type LedgerEntry } from '../../src/store/ledger/line.ts';

const DAY_MS = 86_400_000;

/** The id of a key that nobody has. */
export const SAMPLE_KEY = lineHash('the key of the sample');

const LAST = Date.UTC(2026, 10, 22, 3);

/** A drill of the sample: how often it runs, how much there is, and which of its runs do not pass. */
interface SampleDrill {
  readonly name: string;
  readonly everyDays: number;
  readonly gigabytes: number;
  readonly minutes: number;
  readonly failed: readonly number[];
  readonly lost: readonly number[];
  readonly missed: readonly number[];
  readonly controls: readonly string[];
}

const DRILLS: readonly SampleDrill[] = [
  {
    name: 'analytics',
    everyDays: 30,
    gigabytes: 900,
    minutes: 95,
    failed: [4],
    lost: [],
    missed: [],
    controls: ['DORA-Art.12', 'BCP-7'],
  },
  {
    name: 'billing',
    everyDays: 14,
    gigabytes: 120,
    minutes: 21,
    failed: [3, 25],
    lost: [11],
    missed: [18, 19],
    controls: ['CIS-11.5', 'SOC2-A1.3'],
  },
  {
    name: 'orders',
    everyDays: 7,
    gigabytes: 45,
    minutes: 9,
    failed: [17, 18],
    lost: [],
    missed: [],
    controls: ['ISO27001-A.8.13', 'SOC2-A1.3'],
  },
];

/**
 * A ledger of a year that never was, for the sample of the site: three drills that grow, fail now and then, and are killed once and missed twice.
 * `report` lends what is the same in all runs. The same report gives the same bytes.
 */
export function sampleYear(report: DrillReport): string {
  const runs = DRILLS.flatMap((drill) => runsOf(drill, report)).toSorted((a, b) => a.at - b.at);
  const opened = {
    kind: 'opened',
    ledger: '5b0f3c1e-7a54-4c0e-9d43-2f1f6c8a9e10',
    pgdrill: '0.1.0',
    after: null,
  } as const;
  const all: Timed[] = [{ at: (runs[0]?.at ?? LAST) - 1, entry: opened }, ...runs];
  let previous: string | null = null;
  return all
    .map(({ at, entry }, index) => {
      const text = lineText({ v: LEDGER_VERSION, line: index + 1, previous, at: new Date(at).toISOString() }, entry);
      previous = lineHash(text);
      return `${text}\n`;
    })
    .join('');
}

/** What is put on record, and when (milliseconds of the epoch). */
interface Timed {
  readonly at: number;
  readonly entry: LedgerEntry;
}

function runsOf(drill: SampleDrill, report: DrillReport): Timed[] {
  const count = Math.ceil(365 / drill.everyDays);
  return Array.from({ length: count }, (_, index) => index).flatMap((index): Timed[] => {
    const begin = LAST - (count - 1 - index) * drill.everyDays * DAY_MS;
    const startedAt = new Date(begin).toISOString();
    const run = `${startedAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z-00ff`;
    if (drill.missed.includes(index)) return missed(drill, index, begin);
    const number = index + 1 - drill.missed.filter((one) => one < index).length;
    const about = { drill: drill.name, run, number };
    const begun = {
      kind: 'begun',
      ...about,
      startedAt,
      stanza: drill.name,
      trigger: 'scheduled',
      user: 'pgdrill',
      host: 'drills',
    } as const;
    if (drill.lost.includes(index)) {
      return [
        { at: begin, entry: begun },
        { at: begin + drill.everyDays * DAY_MS, entry: { kind: 'lost', ...about, startedAt } },
      ];
    }
    const made = reportOf(drill, index, count, { ...report, runId: run, startedAt });
    const digests = { report: lineHash(run), manifest: lineHash(startedAt), key: SAMPLE_KEY };
    const ended = endedEntry(made, { number, recorded: 'at-end', ...digests });
    return [
      { at: begin, entry: begun },
      { at: Date.parse(made.finishedAt), entry: ended },
    ];
  });
}

/** Times that were missed one after the other are put on record together, when the next run begins. */
function missed({ name, everyDays, missed: all }: SampleDrill, index: number, begin: number): Timed[] {
  if (all.includes(index - 1)) return [];
  const dues = Array.from({ length: all.length }, (_, more) => index + more).filter((one) => all.includes(one));
  const dueAt = dues.map((_, more) => new Date(begin + more * everyDays * DAY_MS).toISOString());
  const at = begin + dues.length * everyDays * DAY_MS - 1;
  return [{ at, entry: { kind: 'missed', drill: name, schedule: `every ${everyDays}d at 03:00`, dueAt } }];
}

/** The data grows by a half in the year; one run differs from the next by up to a tenth, the same way each time. */
function reportOf(drill: SampleDrill, index: number, count: number, report: DrillReport): DrillReport {
  const grown = 1 + index / count / 2;
  const wobble = 1 + (((index * 37) % 21) - 10) / 100;
  const rtoMs = Math.round(drill.minutes * 60_000 * grown * wobble);
  const bytes = Math.round(drill.gigabytes * 1e9 * grown);
  const restoreMs = Math.round(rtoMs * 0.7);
  const failed = drill.failed.includes(index);
  const took: Readonly<Record<string, number>> = {
    preflight: 900,
    provision: 40,
    restore: restoreMs,
    recover: rtoMs - restoreMs - 40,
    verify: 12_000,
    cleanup: 9000,
  };
  return {
    ...report,
    drill: drill.name,
    controls: [...drill.controls],
    verdict: failed ? 'failed' : 'passed',
    reasons: failed ? [{ code: 'wal-missing', message: '', phase: 'preflight', hint: null }] : [],
    finishedAt: new Date(Date.parse(report.startedAt) + (failed ? 1500 : rtoMs + 22_000)).toISOString(),
    source: { ...report.source, stanza: drill.name },
    target: { type: 'latest', value: null, asTyped: null, timeline: 'latest', action: 'promote' },
    phases: report.phases.map((phase) => ({
      ...phase,
      durationMs: failed && phase.id !== 'preflight' ? null : (took[phase.id] ?? null),
    })),
    restore:
      failed || !report.restore
        ? null
        : {
            ...report.restore,
            start: 'empty',
            bytesTotal: bytes,
            bytesPerSecond: Math.round((bytes / restoreMs) * 1000),
          },
    rto: {
      ...report.rto,
      measuredMs: failed ? null : rtoMs,
      objectiveMs: drill.minutes * 120_000,
      met: failed ? null : true,
    },
    rpo: {
      ...report.rpo,
      measuredMs: failed ? null : 45_000 + ((index * 53) % 31) * 4000,
      objectiveMs: 300_000,
      met: failed ? null : true,
      applies: true,
      upperBound: true,
    },
  };
}
