import { describe, expect, test } from 'vitest';
import { restoreCommand } from '../../../src/runbook/commands.ts';
import { describeRunbook } from '../../../src/runbook/describe.ts';
import { runbookHtml, runbookMarkdown } from '../../../src/runbook/print.ts';
import type { RunbookInput } from '../../../src/runbook/runbook.ts';
import { runEndedIn, sampleReason, sampleReport } from '../../fixtures/sample-report.ts';

const NOTHING = { latest: null, pointInTime: null, standby: null, singleTable: null };
const production = { data: '/var/lib/postgresql/15/main', config: [], stop: null, start: null };

function input(changes: Partial<RunbookInput> = {}): RunbookInput {
  return {
    drill: 'orders',
    stanza: 'main',
    plan: 'drills/orders.yaml',
    production,
    roles: {},
    inform: null,
    proven: NOTHING,
    failedSince: null,
    ...changes,
  };
}

const markdown = (changes: Partial<RunbookInput> = {}): string => runbookMarkdown(describeRunbook(input(changes)));

describe('a restore in the paths of production', () => {
  const report = sampleReport();

  test('has none of the words of the drill', () => {
    const text = restoreCommand('latest', report, production);
    expect(text).not.toMatch(/archive-mode|tablespace-map|--set=|pg1-path|log-level|pgdrill/);
    expect(text).toMatch(/^data=\/var\/lib\/postgresql\/15\/main$/m);
    expect(text).toMatch(
      /^pgbackrest \\\n {2}--config=\S+ \\\n {2}--stanza=main \\\n {2}--repo=\d \\\n[^]* {2}restore$/m,
    );
  });

  test.each([
    ['latest', / {2}restore$/m, /--type/],
    [
      'pointInTime',
      / --type=time \\\n {2}"--target=\$target" \\\n {2}--target-action=promote \\\n {2}restore$/m,
      /--type=standby/,
    ],
    ['standby', / --type=standby \\\n {2}restore$/m, /--target=/],
  ] as const)('for %s asks for %s', (name, wanted, unwanted) => {
    const text = restoreCommand(name, report, production);
    expect(text).toMatch(wanted);
    expect(text).not.toMatch(unwanted);
  });

  test('stops and starts the server as the plan says', () => {
    const words = {
      ...production,
      stop: 'systemctl stop postgresql@15-main',
      start: 'systemctl start postgresql@15-main',
    };
    const lines = restoreCommand('latest', report, words).split('\n');
    expect(lines[1]).toBe('systemctl stop postgresql@15-main');
    expect(lines.at(-1)).toBe('systemctl start postgresql@15-main');
  });

  test('quotes a path that a shell would take apart', () => {
    expect(restoreCommand('latest', report, { ...production, data: '/srv/my data' })).toContain("data='/srv/my data'");
  });
});

test('what is done afterwards names the configuration that the restore named', () => {
  const text = markdown({ production: { ...production, config: ['/srv/pgbackrest.conf'] } });
  expect(text).toContain('`pgbackrest --config=/srv/pgbackrest.conf --stanza=main check`');
  expect(text).toContain('`pgbackrest --config=/srv/pgbackrest.conf --stanza=main --type=full backup`');
});

test('a time of WAL that was fetched ahead is none of the commands of the runbook', () => {
  const report = sampleReport();
  const { recovery } = report;
  if (recovery === null) throw new Error('the sample has recovered');
  const latest = { ...report, recovery: { ...recovery, walFetch: 'ahead' as const } };
  const text = markdown({ proven: { ...NOTHING, latest } });
  expect(text).toContain(', WAL ahead |');
  expect(text).toContain(
    'the commands below may take longer, and `drill recover-script` prints those that do the same.',
  );
  expect(markdown({ proven: { ...NOTHING, latest: report } })).not.toContain('ahead');
});

describe('what was never proven', () => {
  test('has no command to restore with, and says how to drill it', () => {
    const text = markdown();
    expect(text.match(/NOT PROVEN/g)).toHaveLength(4);
    expect(text).not.toContain('```sh');
    expect(text).toContain('drill run drills/orders.yaml --standby');
  });

  test('does not hide behind what was', () => {
    const text = markdown({ proven: { ...NOTHING, latest: sampleReport() } });
    expect(text.match(/NOT PROVEN/g)).toHaveLength(3);
    expect(text.match(/```sh/g)).toHaveLength(2);
  });
});

test('a failure after the last proof comes before all else', () => {
  const failedSince = runEndedIn('recover', { reasons: [sampleReason()] });
  const text = markdown({ proven: { ...NOTHING, latest: sampleReport() }, failedSince });
  expect(text.split('\n')[2]).toMatch(/THE LAST DRILL FAILED .*run `20261121T030000Z-3f9a`/);
});

test('roles are those of the plan, or blanks to fill', () => {
  expect(markdown({ roles: { Lead: 'Ada' }, inform: 'every 15m' })).toMatch(
    /\| Lead \| Ada \|\n\| Informed \| every 15m \|/,
  );
  expect(markdown()).toMatch(/\| Leads, and decides \| …+ \|/);
});

test('hostile words stay words, on both pages', () => {
  const roles = { '<script>alert(1)</script>': '| x |\n# y' };
  const document = describeRunbook(input({ roles, drill: '<img src=x>' }));
  expect(runbookHtml(document)).not.toMatch(/<script|<img/);
  expect(runbookMarkdown(document)).not.toMatch(/^# y/m);
});

test('the same input gives the same bytes', () => {
  const changes = { proven: { ...NOTHING, latest: sampleReport() } };
  expect(markdown(changes)).toBe(markdown(changes));
});
