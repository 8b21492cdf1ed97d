import { describe, expect, test } from 'vitest';
import { formatInstant, parseInstant } from '../../../src/core/instant.ts';
import { parseLsn } from '../../../src/postgres/lsn.ts';
import { parseStop } from '../../../src/postgres/recovery-log.ts';
import { factsOf, serverLine } from '../../fixtures/recovery-logs.ts';

const time = (value: bigint | null): string | null => (value === null ? null : formatInstant(value).slice(11, -1));

describe('a recovery that went through', () => {
  test.each([
    ['pg12-latest', '0/3000098', '02:52:55.059278', null, '02:53:01.800', '02:53:01.282'],
    ['pg15-latest', '0/7000098', '03:55:46.639251', null, '04:37:09.621', null],
    ['pg15-time', '0/7000070', '03:55:45.589483', 'time', '04:36:59.633', null],
    ['pg15-name', '0/3002440', '03:55:43.262711', 'name', '04:39:01.828', null],
    ['pg15-lsn', '0/6000100', null, 'lsn', '04:37:05.384', null],
    ['pg15-immediate', '0/5000050', null, 'immediate', '04:37:01.804', null],
    ['pg17-time', '0/C56D6E0', '02:52:55.059278', 'time', '02:53:01.800', '02:53:01.282'],
  ])('%s', (log, redoDone, lastCommit, stop, ready, readOnly) => {
    const facts = factsOf(log);
    expect(facts.redoDoneLsn).toBe(parseLsn(redoDone));
    expect(time(facts.lastCommitAt)).toBe(lastCommit);
    expect(facts.stop?.kind ?? null).toBe(stop);
    expect(time(facts.readyAt)).toBe(ready);
    expect(time(facts.readOnlyAt)).toBe(readOnly);
    expect(facts).toMatchObject({
      fatal: [],
      newTimeline: 2,
      paused: false,
      invalidRecord: null,
      killedBySignal: null,
    });
  });

  test.each(['pg12-latest', 'pg15-latest', 'pg15-time', 'pg17-time'])(
    '%s has every mark of the way, in order',
    (log) => {
      const facts = factsOf(log);
      const order = [
        facts.startedAt,
        facts.redoStartedAt,
        facts.consistentAt,
        facts.redoDoneAt,
        facts.completeAt,
        facts.readyAt,
      ];
      expect(order).not.toContain(null);
      expect(order).toEqual(order.toSorted((a, b) => Number((a ?? 0n) - (b ?? 0n))));
    },
  );

  test('pg15-standby stays in recovery and waits for more', () => {
    const facts = factsOf('pg15-standby');
    expect(facts).toMatchObject({ readyAt: null, completeAt: null, newTimeline: null, fatal: [] });
    expect(facts.waitingForLsn).toBe(parseLsn('0/8000018'));
    expect(time(facts.readOnlyAt)).toBe('04:37:03.425');
    expect(facts.lastRestored).toBe('000000010000000000000007');
  });
});

describe('what looks like success and is none', () => {
  test('PostgreSQL 12 promotes though its target was never reached: it names no stop', () => {
    const facts = factsOf('pg12-time-beyond-end');
    expect(facts.readyAt).not.toBeNull();
    expect(facts.fatal).toEqual([]);
    expect(facts.stop).toBeNull();
  });

  test('a damaged record ends the replay with a mere LOG line, and PostgreSQL promotes', () => {
    const facts = factsOf('pg18-latest-silent-corruption');
    expect(facts.readyAt).not.toBeNull();
    expect(facts.fatal).toEqual([]);
    expect(facts.invalidRecord).toBe('incorrect resource manager data checksum in record at 0/D6BC908');
  });
});

describe('a recovery that failed', () => {
  test('pg13: the archive ends before the target', () => {
    const facts = factsOf('pg13-target-unreachable');
    expect(facts.fatal).toEqual(['recovery ended before configured recovery target was reached']);
    expect(facts.readyAt).toBeNull();
    expect(time(facts.lastCommitAt)).toBe('02:52:55.059278');
  });

  test('pg14: refused connections are no failure; the FATAL of the startup process is, with its DETAIL and HINT', () => {
    expect(factsOf('pg14-parameters').fatal).toEqual([
      'recovery aborted because of insufficient parameter settings (max_connections = 100 is a lower setting than on the primary server, where its value was 250.) (hint: You can restart the server after making the necessary configuration changes.)',
    ]);
  });

  test('pg16: lines of pgBackRest and of the feed in between are not taken for those of the server', () => {
    const facts = factsOf('pg16-refused-segment');
    expect(facts.fatal).toEqual([
      'could not restore file "00000001000000000000000D" from archive: child process exited with exit code 254',
    ]);
    expect(facts.progressLsn).toBe(parseLsn('0/C4F0A18'));
    expect(facts.lastRestored).toBe('00000001000000000000000C');
  });
});

test.each([
  'the database system is starting up',
  'the database system is not yet accepting connections',
  'the database system is not accepting connections',
  'the database system is in recovery mode',
  'the database system is shutting down',
  'role "root" does not exist',
  'database "shop" does not exist',
  'password authentication failed for user "postgres"',
  'no pg_hba.conf entry for host "[local]", user "x", database "y", no encryption',
  'sorry, too many clients already',
  'terminating connection due to administrator command',
  'remaining connection slots are reserved for roles with the SUPERUSER attribute',
])('a refused connection is no failure of recovery: %s', (text) => {
  const lines = [serverLine(text, 'FATAL'), serverLine('Hot standby mode is disabled.', 'DETAIL')];
  expect(factsOf(lines).fatal).toEqual([]);
});

test.each([
  'recovery ended before configured recovery target was reached',
  'requested recovery stop point is before consistent recovery point',
  'WAL ends before end of online backup',
  'WAL ends before consistent recovery point',
  "requested timeline 2 is not a child of this server's history",
  'recovery target timeline 7 does not exist',
  'could not locate required checkpoint record',
  'could not locate required checkpoint record at 0/A000080',
  'hot standby is not possible because max_connections = 20 is a lower setting than on the master server (its value was 150)',
  'could not map anonymous shared memory: Cannot allocate memory',
  'could not access file "pg_cron": No such file or directory',
  'could not write to file "pg_wal/xlogtemp.1": No space left on device',
  'database files are incompatible with server',
  'configuration file "/scratch/data/postgresql.auto.conf" contains errors',
])('a FATAL of the server itself is one: %s', (text) => {
  expect(factsOf([serverLine(text, 'FATAL')]).fatal).toEqual([text]);
  expect(factsOf([serverLine(text, 'PANIC')]).fatal).toEqual([text]);
});

test('the DETAIL of another line is not put to a FATAL', () => {
  const lines = [
    serverLine('could not locate required checkpoint record', 'FATAL'),
    serverLine('something else'),
    serverLine('of something else', 'DETAIL'),
  ];
  expect(factsOf(lines).fatal).toEqual(['could not locate required checkpoint record']);
});

test.each([
  'invalid record length at 0/7000098: wanted 24, got 0',
  'invalid record length at 0/7000098: expected at least 24, got 0',
  'incorrect resource manager data checksum in record at 0/D6BC908',
  'unexpected pageaddr 0/D41A100 in WAL segment 00000001000000000000000D, LSN 0/D414000, offset 4276224',
  'unexpected pageaddr 0/1A000000 in log segment 000000010000000000000020, offset 0',
  'invalid magic number 0000 in WAL segment 000000010000000000000008, LSN 0/8000000, offset 0',
  'record with incorrect prev-link 1/2 at 0/3000060',
  'record with invalid length at 0/3000060',
  'invalid resource manager ID 47 at 0/3000060',
  'invalid info bits 7E00 in WAL segment 000000010000000000000008, LSN 0/8000000, offset 0',
  'there is no contrecord flag at 0/5000000',
  'invalid contrecord length 2 (expected 100) at 0/5000000',
  'neither BKPIMAGE_HAS_HOLE nor BKPIMAGE_COMPRESSED set, but block image length is 7 at 0/3000060',
  'could not read from WAL segment 00000001000000000000000D, LSN 0/D414000, offset 4276224: read 0 of 8192',
  'out-of-sequence timeline ID 1 (after 2) in WAL segment 000000010000000000000008, LSN 0/8000000, offset 0',
  'WAL file is from different database system: WAL file database system identifier is 1, pg_control database system identifier is 2',
  'record length 2147483647 at 0/3000060 too long',
  'invalid block_id 200 at 0/3000060',
  'out-of-order block_id 3 at 0/3000060',
  'BKPBLOCK_HAS_DATA set, but no data included at 0/3000060',
  'BKPIMAGE_HAS_HOLE set, but hole offset 0 length 0 block image length 8192 at 0/3000060',
])('a record that PostgreSQL rejects is noticed: %s', (text) => {
  expect(factsOf([serverLine(text), serverLine('invalid record length at 0/9: wanted 24, got 0')]).invalidRecord).toBe(
    text,
  );
});

test.each(['recovery has paused', 'pausing at the end of recovery'])('a pause is noticed: %s', (text) => {
  expect(factsOf([serverLine(text)]).paused).toBe(true);
});

test('how a child of the server was killed is noticed', () => {
  const lines = [serverLine('startup process (PID 904) was terminated by signal 9: Killed')];
  expect(factsOf(lines).killedBySignal).toBe(9);
});

describe('parseStop', () => {
  const at = parseInstant('2026-11-21 02:52:55.067097+00');
  const nothing = { outcome: null, xid: null, at: null, lsn: null, name: null };
  test.each([
    [
      'before commit of transaction 4756, time 2026-11-21 02:52:55.067097+00',
      { kind: 'time', side: 'before', outcome: 'commit', xid: '4756', at },
    ],
    [
      'after commit of transaction 4756, time 2026-11-21 02:52:55.067097+00',
      { kind: 'time', side: 'after', outcome: 'commit', xid: '4756', at },
    ],
    [
      'before abort of transaction 4756, time 2026-11-21 02:52:55.067097+00',
      { kind: 'time', side: 'before', outcome: 'abort', xid: '4756', at },
    ],
    [
      'after abort of transaction 4756, time 2026-11-21 02:52:55.067097+00',
      { kind: 'time', side: 'after', outcome: 'abort', xid: '4756', at },
    ],
    ['before WAL location (LSN) "0/C56D688"', { kind: 'lsn', side: 'before', lsn: 0xc56d688n }],
    ['after WAL location (LSN) "1/C56D688"', { kind: 'lsn', side: 'after', lsn: 0x1_0c56_d688n }],
    ['at restore point "rp1", time 2026-11-21 02:52:55.067097+00', { kind: 'name', side: 'after', name: 'rp1', at }],
    [
      'at restore point "a "quoted", time x", time 2026-11-21 02:52:55.067097+00',
      { kind: 'name', side: 'after', name: 'a "quoted", time x', at },
    ],
    ['after reaching consistency', { kind: 'immediate', side: 'after' }],
  ])('%s', (rest, expected) => {
    const text = `recovery stopping ${rest}`;
    expect(parseStop(text)).toEqual({ ...nothing, ...expected, text });
  });

  test.each(['recovery stopping', 'recovery stopping soon', 'recovery stopping before transaction 7'])(
    '%j is none',
    (text) => {
      expect(parseStop(text)).toBeNull();
    },
  );
});

const by = (process: number, text: string, level = 'LOG'): string =>
  `2026-11-21 02:53:01.000 UTC [${process}] ${level}:  ${text}`;

const server = (process: number): string[] => [
  by(1, 'starting PostgreSQL 17.2'),
  by(process, 'database system was interrupted; last known up at 2026-11-21 03:55:40 UTC'),
  by(process, `selected new timeline ID: ${process}`),
];

describe('who says it', () => {
  test('what a session is made to log ends no recovery', () => {
    const facts = factsOf([
      by(1, 'starting PostgreSQL 17.2'),
      by(2, 'redo starts at 0/2000028'),
      by(3, 'recovery stopping before commit of transaction 9, time 2030-01-01 00:00:00+00'),
      by(3, 'redo done at F/FFFFFFF0 system usage'),
      by(2, 'redo done at 0/3000098 system usage'),
      by(1, 'database system is ready to accept connections'),
    ]);
    expect(facts).toMatchObject({ stop: null, redoDoneLsn: parseLsn('0/3000098') });
    expect(facts.readyAt).not.toBeNull();
  });

  test('a server that is started again has another process that recovers', () => {
    expect(factsOf([...server(2), ...server(5)]).newTimeline).toBe(5);
  });

  test('the hint of a FATAL is its own, whoever speaks in between', () => {
    const lines = [
      by(2, 'could not restore', 'FATAL'),
      by(3, 'a checkpoint'),
      by(3, 'of another', 'HINT'),
      by(2, 'look', 'HINT'),
      by(2, 'it goes on'),
      by(2, 'too late', 'HINT'),
    ];
    expect(factsOf(lines).fatal).toEqual(['could not restore (hint: look)']);
  });
});
