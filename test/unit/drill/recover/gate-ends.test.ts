import { describe, expect, test } from 'vitest';
import { GateEnds } from '../../../../src/drill/recover/gate-ends.ts';
import { parseLsn, type Lsn } from '../../../../src/postgres/lsn.ts';
import { RecoveryLog } from '../../../../src/postgres/recovery-log.ts';
import { endBefore } from '../../../../src/postgres/wal-page.ts';

const SEGMENT = 16 * 1024 * 1024;
const lsn = (text: string): Lsn => parseLsn(text) ?? 0n;

describe('where replay stands before a record', () => {
  test.each([
    ['in a page', '0/5000148', '0/5000148'],
    ['the first of a page', '0/5002018', '0/5002000'],
    ['the first of a segment', '0/5000028', '0/5000000'],
    ['behind the first of a segment', '0/5000030', '0/5000030'],
    ['in a page, where a header would end if it began there', '0/5002030', '0/5002030'],
    ['the first of a segment that a position names by its beginning', '0/5000000', '0/5000000'],
    ['24 bytes into a segment, where no record begins', '0/5000018', '0/5000000'],
  ])('%s', (_, at, expected) => {
    expect(endBefore(lsn(at), SEGMENT)).toBe(lsn(expected));
  });
});

describe('what PostgreSQL rejects at a gate', () => {
  const ends = new GateEnds(SEGMENT);
  ends.add(lsn('0/5000148'));
  ends.add(lsn('0/5002018'));
  ends.add(lsn('0/6000028'));

  test.each([
    'invalid record length at 0/5000148: wanted 24, got 0',
    'invalid record length at 0/5000148: expected at least 24, got 0',
    'invalid record length at 0/5002018: wanted 24, got 0',
    'unexpected pageaddr 0/3000000 in log segment 000000010000000000000006, offset 0',
    'unexpected pageaddr 0/3000000 in WAL segment 000000020000000000000006, LSN 0/6000000, offset 0',
  ])('is the end of what is served: %s', (text) => {
    expect(ends.has(text)).toBe(true);
  });

  test.each([
    'invalid record length at 0/5000150: wanted 24, got 0',
    'incorrect resource manager data checksum in record at 0/5000100',
    'invalid magic number 0000 in log segment 000000010000000000000005, offset 8192',
    'record with incorrect prev-link 0/0 at 0/4FFFF00',
    'words that name no place',
  ])('is damage: %s', (text) => {
    expect(ends.has(text)).toBe(false);
  });

  test('is not taken for damage by who reads the log, and damage behind it is still seen', () => {
    const log = new RecoveryLog((rejected) => ends.has(rejected));
    const says = (text: string): void => log.push(`2026-11-21 03:00:00.000 UTC [7] LOG:  ${text}`);
    says('entering standby mode');
    says('invalid record length at 0/5000148: wanted 24, got 0');
    expect(log.facts.invalidRecord).toBeNull();
    says('incorrect resource manager data checksum in record at 0/5001100');
    expect(log.facts.invalidRecord).toContain('0/5001100');
  });
});
