import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { DrillError } from '../../../src/core/errors.ts';
import { duesBetween, dueUntil } from '../../../src/schedule/due.ts';
import { waitingSince } from '../../../src/schedule/missed.ts';
import { readSchedule, type Schedule } from '../../../src/schedule/schedule.ts';
import { checkChain } from '../../../src/store/ledger/chain.ts';
import type { RunFolder } from '../../../src/store/run-folder.ts';
import { RunStore } from '../../../src/store/run-store.ts';
import { numbersFrom } from '../../fixtures/random.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

const HOUR_MS = 3_600_000;
const YEAR = { begin: Date.UTC(2026, 0, 1), end: Date.UTC(2027, 0, 1) };

/** A machine in a year: when it is off, how long its drills take, and when its clock is set back. */
interface Machine {
  readonly isOff: (now: number) => boolean;
  readonly runMs: (now: number) => number;
  readonly setBack: readonly { readonly at: number; readonly byMs: number }[];
}

const STEADY: Machine = { isOff: () => false, runMs: () => 20 * 60_000, setBack: [] };

/** Off at random, from an hour to two months, and in the last week of each quarter. */
function shaky(seed: number): Machine {
  const random = numbersFrom(seed);
  const off = Array.from({ length: 14 }, () => {
    const from = YEAR.begin + random() * (YEAR.end - YEAR.begin);
    return { from, until: from + HOUR_MS * (random() < 0.2 ? 24 * 60 * random() : 1 + 40 * random()) };
  });
  return {
    isOff: (now) => off.some(({ from, until }) => from <= now && now < until),
    // One in twenty takes longer than a day.
    runMs: () => (random() < 0.05 ? 30 * HOUR_MS : 2 * HOUR_MS * random()),
    setBack: [
      { at: Date.UTC(2026, 4, 10, 3, 10), byMs: 3 * HOUR_MS },
      { at: Date.UTC(2026, 8, 1, 12), byMs: 26 * HOUR_MS },
    ],
  };
}

/** A timer that asks some times a day, on each of several machines, whether the drill is to run; the ledger is that of all. */
async function liveThroughTheYear(schedule: Schedule, machines: readonly Machine[]): Promise<string> {
  const reports = temporaryDirectory();
  const store = new RunStore(reports);
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const random = numbersFrom(7);
  let running: {
    readonly folder: RunFolder;
    readonly until: number;
    readonly run: string;
    readonly date: Date;
  } | null = null;
  let count = 0;
  let setBackMs = 0;
  for (let real = YEAR.begin; real < YEAR.end; real += Math.round(12 * HOUR_MS * random())) {
    const now = (machine: Machine): number => {
      setBackMs = machine.setBack.filter(({ at }) => at <= real).reduce((sum, { byMs }) => sum + byMs, 0);
      return real - setBackMs;
    };
    if (running !== null && real >= running.until) {
      const { folder, run: runId, date } = running;
      await folder.save(sampleReport({ drill: 'orders', runId, startedAt: date.toISOString(), evidence: [] }));
      running = null;
    }
    for (const machine of machines) {
      if (machine.isOff(real)) continue;
      const date = new Date(now(machine));
      vi.setSystemTime(date);
      if (waitingSince(schedule, store.lastOfDrill('orders', date), date) === null) continue;
      count += 1;
      const run = `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z-${count.toString(16).padStart(4, '0')}`;
      const about = { stanza: 'main', trigger: 'scheduled', user: 'root', host: 'vm' } as const;
      const folder = store.folder({
        drill: 'orders',
        runId: run,
        startedAt: date,
        schedule,
        onlyIfDue: true,
        fallbackOf: null,
        ...about,
      });
      try {
        await folder.begin();
        running = { folder, until: real + machine.runMs(real), run, date };
      } catch (error) {
        if (!(error instanceof DrillError) || error.code !== 'busy') throw error;
        await folder.discard('busy');
      }
    }
  }
  await store.noteMissed({ drill: 'orders', schedule, startedAt: new Date(YEAR.end) });
  return readFileSync(join(reports, 'ledger.jsonl'), 'utf8');
}

/** For each time at which it was due: how often it ran then, and whether that is on record as missed. */
function accounts(text: string, schedule: Schedule) {
  const { lines, faults } = checkChain(text);
  expect(faults).toEqual([]);
  const begun = lines.flatMap((line) => (line.kind === 'begun' ? [new Date(line.startedAt)] : []));
  const gaps = lines.flatMap((line) => (line.kind === 'missed' ? [line] : []));
  const first = begun[0] ?? new Date(YEAR.end);
  const last = dueUntil(schedule, new Date(YEAR.end));
  const dues = [...duesBetween(schedule, first, new Date((last?.getTime() ?? 0) - 1))];
  return dues.map((due, index) => {
    const next = dues[index + 1] ?? last ?? due;
    const stamp = due.toISOString();
    return {
      due: stamp,
      ran: begun.filter((at) => due <= at && at < next).length,
      missed: gaps.filter(({ dueAt }) => dueAt.includes(stamp)).length,
    };
  });
}

const SCHEDULES: [string, Parameters<typeof readSchedule>[0]][] = [
  ['monthly in Istanbul', { cron: '0 3 1 * *', timezone: 'Europe/Istanbul' }],
  ['on the last days of months', { cron: '30 4 31 * *', timezone: 'America/New_York' }],
  ['on Sundays, when clocks change', { cron: '30 2 * * 0', timezone: 'Europe/Berlin' }],
  ['weekly', { every: '1w', at: '23:30', timezone: 'Australia/Lord_Howe' }],
  ['every two weeks', { every: '2w', at: '03:00', timezone: 'UTC' }],
];

describe.each(SCHEDULES)('a year of drills %s', (_, written) => {
  const schedule = readSchedule(written);

  test('on a machine that is always on: each runs once, none is missed', async () => {
    const found = accounts(await liveThroughTheYear(schedule, [STEADY]), schedule);
    expect(found.length).toBeGreaterThan(5);
    expect(found.filter(({ ran, missed }) => ran !== 1 || missed !== 0)).toEqual([]);
  });

  test('on machines that are off, slow, and whose clocks are set back: each ran once or is on record as missed', async () => {
    const found = accounts(await liveThroughTheYear(schedule, [shaky(1), shaky(2)]), schedule);
    expect(found.filter(({ ran, missed }) => ran + missed !== 1)).toEqual([]);
  });
});

test('a year of drills every three days on a machine that is off half of the time', async () => {
  const schedule = readSchedule({ every: '3d', at: '02:30', timezone: 'Europe/Berlin' });
  const off: Machine = { ...shaky(3), isOff: (now) => Math.floor(now / (9 * 24 * HOUR_MS)) % 2 === 1 };
  const found = accounts(await liveThroughTheYear(schedule, [off]), schedule);
  expect(found.filter(({ ran, missed }) => ran + missed !== 1)).toEqual([]);
  // Downtime is caught up once: what was due for the last time runs when the machine is back.
  expect(found.filter(({ ran }) => ran === 1).length).toBeGreaterThan(40);
});
