import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { encodeDuration, parseDurationMs } from '../../src/core/duration.ts';
import { formatForPostgres, formatInstant, parseInstant, parseStamp } from '../../src/core/instant.ts';
import { parseTargetTime } from '../../src/targets/target-time.ts';
import { expectHolds, hostileText } from '../fixtures/properties.ts';

const two = (value: number): string => String(value).padStart(2, '0');

const fields = fc.record({
  year: fc.integer({ min: 1000, max: 9999 }),
  month: fc.integer({ min: 1, max: 12 }),
  day: fc.integer({ min: 1, max: 31 }),
  hour: fc.nat(23),
  minute: fc.nat(59),
  second: fc.nat(59),
  micros: fc.nat(999_999),
  zone: fc.tuple(fc.constantFrom('+', '-'), fc.nat(15), fc.constantFrom(0, 15, 30, 45, 59)),
});
type Fields = typeof fields extends fc.Arbitrary<infer T> ? T : never;

function textOf({ year, month, day, hour, minute, second, micros, zone: [sign, hours, minutes] }: Fields): string {
  const date = `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
  return `${date}.${String(micros).padStart(6, '0')}${sign}${two(hours)}:${two(minutes)}`;
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/** What date(1) makes of each: microseconds since 1970, and the UTC reading. */
function asDateReads(texts: readonly string[]): { micros: bigint; utc: string }[] {
  const { stdout, stderr } = spawnSync('date', ['-u', '-f', '-', '+%s %N %Y-%m-%d %H:%M:%S.%N'], {
    input: texts.join('\n'),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
  });
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [seconds = '', nanos = '', day = '', time = ''] = line.split(' ');
      return { micros: BigInt(seconds) * 1_000_000n + BigInt(nanos) / 1000n, utc: `${day} ${time.slice(0, -3)}+00` };
    });
}

test('a moment is read and written as date(1) has it, to the microsecond, before and after 1970', () => {
  const real = fields.filter(({ year, month, day }) => day <= daysIn(year, month) && year > 1000 && year < 9999);
  expectHolds(
    fc.property(fc.array(real, { minLength: 50, maxLength: 50 }), (all) => {
      const texts = all.map(textOf);
      for (const [index, { micros, utc }] of asDateReads(texts).entries()) {
        const instant = parseInstant(texts[index] ?? '');
        expect(instant, texts[index]).toBe(micros);
        expect(formatForPostgres(micros)).toBe(utc);
        expect(parseInstant(formatInstant(micros))).toBe(micros);
      }
    }),
    10,
  );
});

test('a day that is in no calendar is none, and any other is one', () => {
  expectHolds(
    fc.property(fields, (given) => {
      expect(parseStamp(textOf(given)) !== null).toBe(given.day <= daysIn(given.year, given.month));
    }),
  );
});

test('any text is a time or none, and never an error', () => {
  const parts = fc.constantFrom(
    '2026',
    '-',
    '05',
    ':',
    ' ',
    'T',
    'Z',
    '+',
    '03',
    '.',
    '5',
    '60',
    '24',
    'UTC',
    '-15m',
    '\u0663',
  );
  const text = fc.oneof(
    hostileText,
    fc.array(parts, { maxLength: 20 }).map((words) => words.join('')),
    fields.map(textOf),
  );
  expectHolds(
    fc.property(text, (given) => {
      const read = parseTargetTime(given, new Date('2026-11-21T12:00:00Z'));
      if (!read.ok) expect(read.problem).not.toBe('');
      else expect(parseInstant(formatForPostgres(read.instant))).toBe(read.instant);
    }),
  );
});

const zoneBefore = process.env['TZ'];
afterAll(() => {
  process.env['TZ'] = zoneBefore;
});

/** The instants at which clocks of a zone show a time, by trying every offset of a quarter of an hour. */
function shownAt(wall: number, zone: string): number[] {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const offsets = Array.from({ length: 8 * 14 + 1 }, (_, index) => (index - 4 * 14) * 900_000);
  const shown = new Date(wall).toISOString().slice(0, 19).replace('T', ' ');
  return offsets.map((offset) => wall - offset).filter((instant) => clock.format(instant) === shown);
}

test('a local time is what the clocks of the zone showed once; what they never or twice showed is refused', () => {
  const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
  const anyDay = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2026, 9, 1) });
  // The nights in which clocks are changed, more often than others.
  const changes = fc.constantFrom(
    Date.UTC(2026, 2, 29),
    Date.UTC(2025, 9, 26),
    Date.UTC(2026, 2, 8),
    Date.UTC(2025, 10, 2),
    Date.UTC(2026, 3, 5),
    Date.UTC(2025, 9, 5),
  );
  const night = fc.tuple(changes, fc.nat(5 * 3600)).map(([day, seconds]) => day + seconds * 1000);
  expectHolds(
    fc.property(zones, fc.oneof(anyDay, night), (zone, at) => {
      const wall = Math.floor(at / 1000) * 1000;
      process.env['TZ'] = zone;
      const read = parseTargetTime(
        new Date(wall).toISOString().slice(0, 19).replace('T', ' '),
        new Date('2026-11-21T12:00:00Z'),
      );
      const instants = shownAt(wall, zone);
      if (instants.length === 1) expect(read).toEqual({ ok: true, instant: BigInt(instants[0] ?? 0) * 1000n });
      else expect(read).toMatchObject({ ok: false });
    }),
  );
});

test('a duration is read back exactly as it was', () => {
  expectHolds(
    fc.property(fc.oneof(fc.nat(), fc.nat(Number.MAX_SAFE_INTEGER)), (ms) => {
      expect(parseDurationMs(encodeDuration(ms))).toBe(ms);
    }),
  );
});

test('a duration is the sum of its parts, and nothing else is one', () => {
  const unit = { ms: 1n, s: 1000n, m: 60_000n, h: 3_600_000n, d: 86_400_000n, w: 604_800_000n } as const;
  const part = fc.tuple(fc.nat(10_000), fc.constantFrom(...(Object.keys(unit) as (keyof typeof unit)[])));
  expectHolds(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), hostileText, (parts, odd) => {
      const text = parts.map(([count, name]) => `${count}${name}`).join(' ');
      expect(parseDurationMs(text)).toBe(
        Number(parts.reduce((sum, [count, name]) => sum + BigInt(count) * unit[name], 0n)),
      );
      const ms = parseDurationMs(odd);
      if (ms !== null) expect(odd.trim()).toMatch(/^(\d+(\.\d+)?\s*(ms|[smhdw])\s*)+$/);
    }),
  );
});
