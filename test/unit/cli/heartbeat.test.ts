import { describe, expect, test } from 'vitest';
import { heartbeatText } from '../../../src/cli/heartbeat/heartbeat-text.ts';
import { JOBS } from '../../../src/cli/heartbeat/jobs.ts';
import { problemsOf } from '../../fixtures/plans.ts';

const textOf = (changes: Partial<Parameters<typeof heartbeatText>[0]> = {}): string =>
  heartbeatText({ everyMs: 60_000, database: 'shop', job: 'systemd', ...changes });

/** What is no comment. */
const sqlOf = (text: string): string => text.replaceAll(/\/\*[^]*?\*\/|^--.*$/gm, '');

describe('the text of a heartbeat', () => {
  test.each(JOBS)('is a script whose statements are the same whoever writes the beats: %s', (job) => {
    for (const everyMs of [60_000, 300_000, 1_800_000, 3_600_000]) {
      expect(sqlOf(textOf({ job, everyMs })).trim()).toBe(sqlOf(textOf()).trim());
    }
  });

  test.each(JOBS)('has the one call that a standby takes as well: %s', (job) => {
    expect(textOf({ job })).toContain('select pgdrill.beat() where not pg_is_in_recovery()');
  });

  test.each(['shop', 'Shop 2', 'on', '1st'])(
    'has lines of a plan that a plan takes, for the database %s',
    (database) => {
      const lines = /For the plan of the drill:\n\n([^]*?)\*\//.exec(textOf({ database }))?.[1] ?? '';
      expect(problemsOf(`name: orders\nsource: { stanza: main }\n${lines.replaceAll(/^ {2}/gm, '')}`)).toEqual([]);
      expect(lines).toContain('checks:');
    },
  );

  test.each([
    [{ everyMs: 420_000, job: 'cron' }, 'cron can keep'],
    [{ everyMs: 30_000, job: 'cron' }, 'cron can keep'],
    [{ everyMs: 1000 }, 'no heartbeat'],
    [{ everyMs: 7_200_000 }, 'no heartbeat'],
    [{ database: "x'; drop table y" }, 'cannot be put'],
    [{ database: 'host=elsewhere' }, 'cannot be put'],
    [{ database: '' }, 'cannot be put'],
  ] as const)('refuses %j', (changes, words) => {
    expect(() => textOf(changes)).toThrow(words);
  });

  test('pg_cron has seconds, and systemd any time', () => {
    expect(textOf({ job: 'pg_cron', everyMs: 30_000 })).toContain("'30 seconds'");
    expect(textOf({ job: 'systemd', everyMs: 420_000 })).toContain('OnUnitActiveSec=420s');
  });
});
