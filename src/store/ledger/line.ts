import { z } from 'zod';
import { reportSchema } from '../../report/report.ts';
import { AGES } from '../../report/selection.ts';
import { digestOfText } from '../digest.ts';
import { RUN_ID } from '../run-folders.ts';
import { selfTested } from './self-tested.ts';

/** The version of the ledger's lines; it rises when a field changes its meaning or goes. */
export const LEDGER_VERSION = 1;

const stamp = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const text = z.string().nullable();
const ms = z.number().nullable();

/** Which run a line is about. */
const run = {
  drill: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  run: z.string().regex(RUN_ID),
  /** Counts the runs of the drill. */
  number: z.int().min(1),
};

/** The first line of a ledger. `after` is what is known of an earlier ledger that is no longer there. */
const opened = z.strictObject({
  kind: z.literal('opened'),
  ledger: z.string(),
  pgdrill: z.string(),
  after: z.strictObject({ lines: z.int(), sha256 }).nullable(),
});

/** A run that tries what another one, which failed, could not: it is no run of its drill for any count. Other lines leave this out. */
const fallbackOf = z.string().regex(RUN_ID).optional();

/** A run has begun. It is written before anything is made, so that a run that is killed is on record. */
const begun = z.strictObject({
  kind: z.literal('begun'),
  ...run,
  startedAt: stamp,
  stanza: z.string(),
  trigger: reportSchema.shape.trigger.shape.kind,
  user: z.string(),
  host: z.string(),
  fallbackOf,
});

/** The repository that a run drilled, or was to drill. */
const drilledCopy = z.strictObject({ key: z.int(), type: text, host: text, location: text });

/** A run has ended and has a report. */
const ended = z.strictObject({
  kind: z.literal('ended'),
  ...run,
  /** `at-end`: by the run itself. `later`: it was killed when its report was there. `adopted`: its report is older than the ledger. */
  recorded: z.enum(['at-end', 'later', 'adopted']),
  verdict: reportSchema.shape.verdict,
  reasons: z.array(z.string()),
  startedAt: stamp,
  finishedAt: stamp,
  trigger: reportSchema.shape.trigger.shape.kind,
  stanza: z.string(),
  systemId: text,
  copy: drilledCopy.nullable(),
  backup: z
    .strictObject({
      label: z.string(),
      type: z.string(),
      stoppedAt: stamp,
      /** Among the sets of its cluster in that repository; null: not known. */
      age: z.enum(AGES).nullable().default(null),
    })
    .nullable(),
  target: reportSchema.shape.target,
  sandbox: reportSchema.shape.sandbox.shape.kind,
  /** The last transaction that was recovered. */
  recoveredTo: text,
  rto: z.strictObject({ measuredMs: ms, objectiveMs: ms, met: z.boolean().nullable() }),
  rpo: z.strictObject({
    measuredMs: ms,
    objectiveMs: ms,
    met: z.boolean().nullable(),
    upperBound: z.boolean(),
    applies: z.boolean(),
  }),
  /** Milliseconds of each phase that was run. */
  phases: z.record(z.string(), z.number()),
  restored: z
    .strictObject({
      bytes: z.number().nullable(),
      bytesPerSecond: z.number().nullable(),
      start: z.enum(['empty', 'delta']),
    })
    .nullable(),
  /** WAL that was delivered; null: not known. */
  walBytes: z.number().nullable(),
  /** Its WAL was fetched ahead of the replay. Other lines leave this out. */
  walFetch: z.literal('ahead').optional(),
  controls: z.array(z.string()),
  /** SHA-256 of report.json and of manifest.json; null: there is none. */
  report: sha256,
  manifest: sha256.nullable(),
  /** The id of the key that signed the manifest; null: it is not signed. */
  key: text,
  fallbackOf,
});

/** A run has begun, its process is gone, and it has no report. */
const lost = z.strictObject({ kind: z.literal('lost'), ...run, startedAt: stamp });

/** A run that had begun was refused before anything was restored: something that was typed was mistaken. It has no report. */
const withdrawn = z.strictObject({ kind: z.literal('withdrawn'), ...run, startedAt: stamp, code: z.string() });

/** Somebody has looked at a run that has ended: by a signed statement of its own, which lies in the folder of the run. */
const signedOff = z.strictObject({
  kind: z.literal('signed-off'),
  ...run,
  by: z.string(),
  decision: z.enum(['accepted', 'follow-up']),
  /** SHA-256 of the statement, and the id of the key that signed it. */
  statement: sha256,
  key: z.string(),
});

/** Times at which a drill was due, one after the other, and did not run. */
const missed = z.strictObject({
  kind: z.literal('missed'),
  drill: run.drill,
  /** As its plan had it when this was written. */
  schedule: z.string(),
  dueAt: z.array(stamp).min(1),
});

/** The end of the ledger was no whole line: what was there, as text, and how many bytes of it. */
const repaired = z.strictObject({ kind: z.literal('repaired'), removed: z.string(), bytes: z.int() });

const entrySchema = z.discriminatedUnion('kind', [
  opened,
  begun,
  ended,
  withdrawn,
  lost,
  missed,
  signedOff,
  selfTested,
  repaired,
]);

/** What is put on record, without its place in the chain. */
export type LedgerEntry = z.output<typeof entrySchema>;
export type EndedEntry = z.output<typeof ended>;
export type BegunEntry = z.output<typeof begun>;
export type MissedEntry = z.output<typeof missed>;
export type SignedOffEntry = z.output<typeof signedOff>;

const place = z.object({
  v: z.literal(LEDGER_VERSION),
  /** From 1. */
  line: z.int().min(1),
  /** SHA-256 of the line before, without its newline; null: this is the first. */
  previous: sha256.nullable(),
  at: stamp,
});

const anyPlace = place.loose();

/** Where a line stands, and when it was written. */
export type LinePlace = z.output<typeof place>;

/** A line of a ledger. */
export type LedgerLine = LinePlace & LedgerEntry;

/** Whether a reader will take this for something that happened. */
export function isEntry(entry: LedgerEntry): boolean {
  return entrySchema.safeParse(entry).success;
}

/** A line as it stands in the file, without its newline. The order of the fields is part of it. Throws for what no reader takes. */
export function lineText(at: LinePlace, entry: LedgerEntry): string {
  entrySchema.parse(entry);
  return JSON.stringify({ ...at, ...entry });
}

/** Reads a line. Throws for anything else. */
export function parseLine(line: string): LedgerLine {
  const { v, line: number, previous, at, ...entry } = anyPlace.parse(JSON.parse(line));
  return { v, line: number, previous, at, ...entrySchema.parse(entry) };
}

/** What the next line names this one by. */
export function lineHash(line: string | Uint8Array): string {
  return digestOfText(line);
}
