import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DrillError } from '../../../src/core/errors.ts';
import { isUnreadable, readContents, readInfo, type StanzaInfo } from '../../../src/pgbackrest/info.ts';
import { backupSet, lsn } from '../../fixtures/facts.ts';
import { pgbackrestPrinting } from '../../fixtures/pgbackrest-program.ts';

const SIGNAL = new AbortController().signal;

const BACKUP = `{"annotation":{"a":"b"},"archive":{"start":"000000010000000000000002","stop":"000000010000000000000003"},
"backrest":{"format":5,"version":"2.60.0"},"database":{"id":1,"repo-key":2},"error":true,"info":{"delta":30000000,"repository":{"delta":4000000,"delta-map":12},"size":31000000},
"label":"20261121-015906F_20261121-020000D","lsn":{"start":"0/2000028","stop":"0/3000100"},"prior":"20261121-015906F","reference":["20261121-015906F"],
"timestamp":{"start":1795226346,"stop":1795226350},"type":"diff"}`;

function stanza(differences: Record<string, string> = {}): string {
  const parts: Record<string, string> = {
    archive:
      '[{"database":{"id":1,"repo-key":2},"id":"15-1","max":"00000001000000000000000B","min":"000000010000000000000001"}]',
    backup: `[${BACKUP}]`,
    cipher: '"aes-256-cbc"',
    db: '[{"id":1,"repo-key":2,"system-id":7710438438314332286,"version":"15"}]',
    name: '"main"',
    repo: '[{"cipher":"aes-256-cbc","key":2,"status":{"code":0,"message":"ok"}}]',
    status: '{"code":0,"lock":{"backup":{"held":false},"restore":{"held":false}},"message":"ok"}',
    ...differences,
  };
  return `[{${Object.entries(parts)
    .map(([key, value]) => `"${key}":${value}`)
    .join(',')}}]`;
}

const read = (stdout: string): Promise<StanzaInfo> => readInfo(pgbackrestPrinting({ stdout }).program, SIGNAL);

test('all that a drill needs of a backup is read, of every version', async () => {
  const info = await read(stanza());
  expect(info.backups).toEqual([
    {
      label: '20261121-015906F_20261121-020000D',
      type: 'diff',
      repo: 2,
      startedAt: new Date(1_795_226_346_000),
      stoppedAt: new Date(1_795_226_350_000),
      lsnStart: lsn('0/2000028'),
      lsnStop: lsn('0/3000100'),
      walStart: '000000010000000000000002',
      walStop: '000000010000000000000003',
      sizeBytes: 31_000_000,
      reference: ['20261121-015906F'],
      databaseId: 1,
      pageErrors: true,
    },
  ]);
  expect(info.databases).toEqual([{ id: 1, repo: 2, systemId: '7710438438314332286', version: '15' }]);
  expect(info.archives).toMatchObject([{ id: '15-1', repo: 2, databaseId: 1, max: '00000001000000000000000B' }]);
  expect(info.repos).toEqual([{ key: 2, cipher: 'aes-256-cbc', code: 0, message: 'ok' }]);
});

test('a backup that was taken offline, and one of which no pages were looked at, say so by null', async () => {
  const offline = BACKUP.replace(/"archive":\{[^}]*\}/, '"archive":{"start":null,"stop":null}')
    .replace(/"lsn":\{[^}]*\},/, '')
    .replace('"error":true', '"error":null')
    .replace(/"reference":\[[^\]]*\]/, '"reference":null');
  const { backups } = await read(stanza({ backup: `[${offline}]` }));
  expect(backups).toMatchObject([
    { walStart: null, walStop: null, lsnStart: null, lsnStop: null, pageErrors: null, reference: [] },
  ]);
});

test('warnings before the JSON are no matter', async () => {
  const warned = `P00   WARN: configuration file contains invalid option 'no-such-option'\n${stanza()}`;
  expect((await read(warned)).backups).toHaveLength(1);
});

test('it asks for its stanza with its own configuration, and writes no log', async () => {
  const { program, called } = pgbackrestPrinting({ stdout: stanza() });
  await readInfo(program, SIGNAL);
  const words = readFileSync(called, 'utf8').split('\n');
  for (const word of ['--config=/run/x.conf', '--stanza=main', '--output=json', '--log-level-file=off', 'info'])
    expect(words).toContain(word);
});

describe('info exits with 0 even when', () => {
  test('it knows no stanza at all', async () => {
    await expect(read('[]')).rejects.toMatchObject({ code: 'stanza-not-found' });
  });

  test('a repository cannot be read, which its status tells', async () => {
    const status = '{"code":99,"message":"[CryptoError] unable to load info file\\n\u0001\ufffd"}';
    const repo = `[{"cipher":"none","key":1,"status":${status}}]`;
    const { repos } = await read(stanza({ repo, backup: '[]', db: '[]', archive: '[]', status }));
    expect(repos.map(isUnreadable)).toEqual([true]);
  });

  test('one of two repositories lacks the stanza: what the other holds counts', async () => {
    const info = await read(stanza({ status: '{"code":4,"message":"different across repos"}' }));
    expect(info.backups).toHaveLength(1);
  });
});

test('what is no JSON, and an exit status, are errors with their cause', async () => {
  await expect(read('{')).rejects.toBeInstanceOf(DrillError);
  const { program } = pgbackrestPrinting({
    stdout: '',
    stderr: 'ERROR: [103]: unable to find a valid repository\n',
    exitCode: 103,
  });
  await expect(readInfo(program, SIGNAL)).rejects.toMatchObject({ code: 'repo-unreadable' });
});

test('what is in a single set is asked for by repository and label', async () => {
  const more = [
    '"database-ref":[{"name":"shop","oid":16384}]',
    '"tablespace":[{"name":"ts1","oid":16385,"destination":"/srv/ts1"}]',
    '"link":[{"name":"pg_wal","destination":"/wal/shop"}]',
  ];
  const set = BACKUP.replace(/\}$/, `,${more.join(',')}}`);
  const { program, called } = pgbackrestPrinting({ stdout: stanza({ backup: `[${set}]` }) });
  expect(await readContents(program, backupSet({ repo: 2, label: 'L' }), SIGNAL)).toMatchObject({
    writtenBy: '2.60.0',
    databases: [{ name: 'shop' }],
    tablespaces: [{ name: 'ts1', destination: '/srv/ts1' }],
    links: [{ name: 'pg_wal', destination: '/wal/shop' }],
  });
  expect(readFileSync(called, 'utf8').split('\n')).toEqual(expect.arrayContaining(['--repo=2', '--set=L']));
});

test('a set that names nothing that is in it has nothing', async () => {
  const { program } = pgbackrestPrinting({ stdout: stanza({ backup: `[${BACKUP}]` }) });
  const nothing = { databases: [], tablespaces: [], links: [] };
  expect(await readContents(program, backupSet(), SIGNAL)).toEqual({ writtenBy: '2.60.0', ...nothing });
});

test.each([
  [
    'a set without a type',
    stanza({ backup: `[${BACKUP.replace('"type":"diff"', '"type":"other"')}]` }),
    '[0].backup[0].type',
  ],
  ['a moment that no calendar has', stanza({ backup: `[${BACKUP.replace('1795226346', '1e15')}]` }), 'timestamp.start'],
  ['no list at all', '{}', 'not understood'],
])('%s is a fault of the repository, and is named', async (_, text, words) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'repo-unreadable',
    message: expect.stringContaining(words) as string,
  });
});
