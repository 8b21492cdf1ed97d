import { describe, expect, test } from 'vitest';
import { onSocket } from '../../../src/core/endpoint.ts';
import { runChecks } from '../../../src/checks/run-checks.ts';
import { Sessions } from '../../../src/postgres/sessions.ts';
import { LocalHost } from '../../../src/host/local-host.ts';
import { currentUser } from '../../../src/host/run-user.ts';
import type { CheckReport } from '../../../src/report/report.ts';
import { recoveredTo } from '../../fixtures/recovered-to.ts';
import { instant } from '../../fixtures/facts.ts';
import { planOf } from '../../fixtures/plans.ts';

const host = new LocalHost({ user: currentUser(), fence: null, env: {} });

/** Runs the checks of a plan against an instance that is not there: commands do not mind. */
async function run(checks: string, signal = new AbortController().signal): Promise<CheckReport[]> {
  const plan = planOf(`name: orders\nsource: { stanza: main }\nchecks:\n${checks}`);
  const endpoint = onSocket('/no/such/socket', 20_001, 'postgres');
  const told: CheckReport[] = [];
  const context = {
    host,
    sessions: new Sessions(endpoint, 15, 'postgres'),
    reference: instant('2026-11-21 12:00:00+00'),
    recovered: recoveredTo(),
    psqlrc: '/run/psqlrc',
    monotonicMs: () => 5,
    signal,
  };
  const { reports } = await runChecks(plan.checks, context, (check) => told.push(check));
  expect(told).toEqual(reports);
  return [...reports];
}

describe('a command', () => {
  test.each([
    ['ends with 0', 'exit 0', 'passed', 'exit status 0'],
    ['ends with another status', 'echo one; echo two >&2; exit 3', 'failed', 'exit status 3: one | two'],
    ['crashes', 'kill -SEGV $$', 'failed', 'ended by SIGSEGV'],
  ])('that %s', async (_, script, status, observed) => {
    const [check] = await run(`  - { name: c, command: [sh, -c, '${script}'] }\n`);
    expect(check).toMatchObject({ kind: 'command', status, expected: 'exit status 0' });
    expect(check?.observed?.split(/: | \| /).toSorted()).toEqual(observed.split(/: | \| /).toSorted());
  });

  test('gets to know the instance by its environment', async () => {
    const [check] = await run(`  - name: c
    database: shop
    user: auditor
    command: [sh, -c, 'echo "$PGHOST $PGPORT $PGUSER $PGDATABASE"']
`);
    expect(check?.observed).toBe('exit status 0: /no/such/socket 20001 auditor shop');
  });

  test.each(['kill -9 $$', 'kill -TERM $$', 'exit 137', 'exit 143'])(
    'that is killed gave no answer: %s',
    async (script) => {
      const [check] = await run(`  - { name: c, command: [sh, -c, '${script}'] }\n`);
      expect(check).toMatchObject({ status: 'skipped', observed: null });
      expect(check?.message).toBe('its program was killed before it gave an answer');
    },
  );

  test('that takes too long is an error, not a failure of the data', async () => {
    const [check] = await run('  - { name: c, timeout: 50ms, command: [sleep, "60"] }\n');
    expect(check).toMatchObject({ status: 'error', observed: null, message: 'not done within 0.1 s' });
  });

  test('that the end of the run cuts off was not run: it says nothing of the data', async () => {
    const [check] = await run('  - { name: c, command: [sleep, "60"] }\n', AbortSignal.timeout(200));
    expect(check).toMatchObject({ status: 'skipped', observed: null, message: 'the run was ended while it ran' });
  });

  test('that is not installed is an error', async () => {
    const [check] = await run('  - { name: c, command: [no-such-program] }\n');
    expect(check).toMatchObject({ status: 'error', observed: null });
    expect(check?.message).toMatch(/cannot be started/);
  });
});

test('SQL that reaches no server is an error, and no check stops another', async () => {
  const reports = await run('  - { name: a, sql: select true }\n  - { name: b, command: ["true"] }\n');
  expect(reports.map(({ name, status }) => [name, status])).toEqual([
    ['a', 'error'],
    ['b', 'passed'],
  ]);
  expect(reports[0]).toMatchObject({ expected: 'one row with one true', sql: 'select true' });
});

test('after the end of a run checks are skipped, never passed', async () => {
  const reports = await run(
    '  - { name: a, command: ["true"] }\n  - { name: b, sql: select true }\n',
    AbortSignal.abort(),
  );
  expect(reports.map(({ status }) => status)).toEqual(['skipped', 'skipped']);
});

test('what is to be hidden is: what was observed, and the words of an error', async () => {
  const reports = await run(`  - { name: a, redact: true, command: [sh, -c, 'echo secret; exit 1'] }
  - { name: b, redact: true, command: [no-such-secret] }
`);
  expect(reports.map(({ status }) => status)).toEqual(['failed', 'error']);
  expect(JSON.stringify(reports)).not.toContain('secret');
});

test('of a long value the report shows the beginning', async () => {
  const [check] = await run(`  - { name: a, command: [sh, -c, 'printf %0500d 7'] }\n`);
  expect(check?.observed).toMatch(/^exit status 0: 0{184}… \(515 characters\)$/);
});

test('a value that is known by its SHA-256 is shown by nothing, as with redact', () => {
  const { checks } = planOf(`name: orders
source: { stanza: main }
checks:
  - { name: canary, sql: select token from canary, expect: { sha256: ${'0a'.repeat(32)} } }
  - { name: shown, sql: select token from canary, expect: { equals: a } }
`);
  expect(checks.map(({ redact }) => redact)).toEqual([true, false]);
});
