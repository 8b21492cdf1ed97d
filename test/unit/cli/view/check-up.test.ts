import { describe, expect, test } from 'vitest';
import { checkUpOf } from '../../../../src/check-up/build-document.ts';
import { checkUpSchema, type CheckUp } from '../../../../src/check-up/document.ts';
import { nagiosError, nagiosLevel, nagiosText } from '../../../../src/cli/view/nagios.ts';
import { checkUpText } from '../../../../src/cli/view/check-up.ts';
import { windowsText } from '../../../../src/cli/view/windows.ts';
import { widthOf } from '../../../../src/cli/view/table.ts';
import { plain } from '../../../../src/cli/view/style.ts';
import { DrillError } from '../../../../src/core/errors.ts';
import { promises, repositoryFacts, stanzaFacts } from '../../../fixtures/check-up.ts';

const about = { name: 'main', durationMs: 412.3 };
const promised = promises({ rpoMs: 300_000, recoverableMs: 9 * 3_600_000, retention: { full: 2, diff: null } });
const documentOf = (...facts: Parameters<typeof stanzaFacts>): CheckUp =>
  checkUpOf(stanzaFacts(...facts), promised, about);

const unread = repositoryFacts({
  key: 2,
  clusters: [],
  fault: { code: 'repo-unreadable', message: 'a | b\n  c', hint: null },
});

test('a document of facts fits its schema', () => {
  for (const found of [documentOf(), documentOf({ repositories: [unread], locks: null })])
    expect(checkUpSchema.parse(found)).toEqual(found);
});

describe('for Nagios', () => {
  test('the worst finding stands in the first line, with figures and their thresholds', () => {
    expect(nagiosText([documentOf()], [])).toBe(
      "PGDRILL CRITICAL - main, repository 1: retention-short: the repository holds 1 full backup set, and 2 were promised | 'repo1_backup_age'=36000s;;;0 'repo1_wal_age'=60s;;300;0 'repo1_recoverable'=35940s;;32400:;0 'repo1_backups'=1;;;0 'repo1_full'=1;;2:;0 'repo1_wal_segments'=8;;;0\n" +
        '[CRITICAL] main, repository 1: retention-short: the repository holds 1 full backup set, and 2 were promised\n',
    );
  });

  test('bars and line feeds of others do not end the text, and what is not known is U', () => {
    const text = nagiosText([documentOf({ repositories: [unread] })], []);
    expect(text).toMatch(
      /^PGDRILL UNKNOWN - main, repository 2: repo-unreadable: a \/ b c \| 'repo2_backup_age'=U;;;0 /,
    );
    expect(text.split('\n')).toHaveLength(3);
  });

  test('what kept a file from being written hides nothing that was found, and makes nothing well', () => {
    const problem = new DrillError('not-found', '/x.prom cannot be written');
    const critical = nagiosText([documentOf()], [problem]);
    expect(critical).toMatch(/^PGDRILL CRITICAL - main, repository 1: retention-short: .* \(and 1 more\) \| /);
    expect(critical).toMatch(/\n\[UNKNOWN\] not-found: \/x\.prom cannot be written\n$/);
    expect(nagiosLevel([documentOf()], [problem])).toBe('critical');
    const well = { ...documentOf(), findings: [], level: 'ok' as const };
    expect(nagiosText([well], [problem])).toMatch(/^PGDRILL UNKNOWN - not-found: .* \| 'repo1_backup_age'/);
  });

  test('an error is a status line as well', () => {
    expect(nagiosError(new DrillError('plan-invalid', 'the plan has\n  2 problems'))).toBe(
      'PGDRILL UNKNOWN - plan-invalid: the plan has 2 problems\n',
    );
  });
});

test.each([60, 80, 120])('on a terminal of %d columns no line is wider', (width) => {
  const found = documentOf({ repositories: [repositoryFacts(), unread] });
  expect(widthOf(checkUpText(found, plain, width))).toBeLessThanOrEqual(width);
  expect(widthOf(windowsText(found, plain, width))).toBeLessThanOrEqual(width);
});
