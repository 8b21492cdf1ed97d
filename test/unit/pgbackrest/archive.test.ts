import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listArchive, listHistories, readHistory } from '../../../src/pgbackrest/archive.ts';
import { lsn } from '../../fixtures/facts.ts';
import { pgbackrestPrinting } from '../../fixtures/pgbackrest-program.ts';

const SIGNAL = new AbortController().signal;
const [SUM, OTHER] = ['9368651acbfadd8c01f92e96c0329a9bbea00504', '0'.repeat(40)];
const A = '00000001000000000000000A';
const B = '00000001000000000000000B';

function listing(...files: string[]): string {
  const entries = files.map((name) => `"${name}":{"type":"file","size":1561488,"time":1795229558}`);
  return `{".":{"type":"path"},"0000000100000000":{"type":"path"}${entries.map((entry) => `,${entry}`).join('')}}`;
}

describe('listArchive', () => {
  test('finds segments of every compression, with SHA-1 and time, and timelines', async () => {
    const { program, called } = pgbackrestPrinting({
      stdout: listing(
        `0000000100000000/${A}-${SUM}.zst`,
        `0000000100000000/${B}-${SUM}`,
        `0000000100000000/${A}.00000028.backup`,
        `0000000100000000/${B}.partial-${SUM}.zst`,
        '0000000A.history',
        '00000002.history',
      ),
    });
    const { segments, histories } = await listArchive(program, 2, '15-1', SIGNAL);
    expect([...segments.keys()]).toEqual([A, B]);
    expect(segments.get(A)).toEqual([{ name: A, sha1: SUM, archivedAt: new Date(1_795_229_558_000) }]);
    expect(histories).toEqual([2, 10]);
    const words = readFileSync(called, 'utf8').split('\n');
    for (const word of ['--repo=2', '--recurse', 'repo-ls', 'archive/main/15-1']) expect(words).toContain(word);
  });

  test('keeps both of a segment that was archived twice', async () => {
    const stdout = listing(`0000000100000000/${A}-${SUM}.gz`, `0000000100000000/${A}-${OTHER}.gz`);
    const { segments } = await listArchive(pgbackrestPrinting({ stdout }).program, 1, '15-1', SIGNAL);
    expect(segments.get(A)?.map(({ sha1 }) => sha1)).toEqual([SUM, OTHER]);
  });

  test('a path that does not exist is an empty archive, as pgBackRest has it', async () => {
    const stdout = '{".":{"type":"path"}}';
    const { segments, histories } = await listArchive(pgbackrestPrinting({ stdout }).program, 1, '15-1', SIGNAL);
    expect(segments.size).toBe(0);
    expect(histories).toEqual([]);
  });

  test('what cannot be listed is an error, and no empty archive', async () => {
    const { program } = pgbackrestPrinting({
      stdout: '',
      stderr: 'ERROR: [055]: unable to list file info for path\n',
      exitCode: 55,
    });
    await expect(listArchive(program, 1, '15-1', SIGNAL)).rejects.toMatchObject({ code: 'repo-unreadable' });
  });
});

test('the names of the history files are listed in order', async () => {
  const { program } = pgbackrestPrinting({ stdout: listing('00000003.history', '00000002.history') });
  expect(await listHistories(program, 1, '15-1', SIGNAL)).toEqual(['00000002.history', '00000003.history']);
});

describe('readHistory', () => {
  test('reads the forks of a timeline from its file, named in hexadecimal', async () => {
    const { program, called } = pgbackrestPrinting({ stdout: '1\t0/6000120\treached consistency\n' });
    expect(await readHistory(program, 1, '15-1', 26, SIGNAL)).toEqual([{ timeline: 1, switchLsn: lsn('0/6000120') }]);
    expect(readFileSync(called, 'utf8').split('\n')).toContain('archive/main/15-1/0000001A.history');
  });

  test('a file that is not understood is not guessed at', async () => {
    const { program } = pgbackrestPrinting({ stdout: 'garbage\n' });
    await expect(readHistory(program, 1, '15-1', 2, SIGNAL)).rejects.toMatchObject({ code: 'wal-unreadable' });
  });
});
