import { expect, test } from 'vitest';
import { listHistories } from '../../../src/pgbackrest/archive.ts';
import { Histories } from '../../../src/pgbackrest/histories.ts';
import { stanzaRemains } from '../../../src/pgbackrest/repository-files.ts';
import { pgbackrestPrinting } from '../../fixtures/pgbackrest-program.ts';

const SIGNAL = new AbortController().signal;

test.each<[string, (program: ReturnType<typeof pgbackrestPrinting>['program']) => Promise<unknown>]>([
  ['the histories of an archive', (program) => listHistories(program, 1, '15-1', SIGNAL)],
  ['when a timeline was begun', (program) => new Histories(program, 1, '15-1', SIGNAL).of(2)],
  ['what is left of a stanza', (program) => stanzaRemains(program, 1, SIGNAL)],
])('a listing that is none is a fault of the repository, and no bug: %s', async (_, read) => {
  const { program } = pgbackrestPrinting({ stdout: '[1]' });
  await expect(read(program)).rejects.toMatchObject({
    code: expect.stringMatching(/^(repo|wal)-unreadable$/) as string,
  });
});
