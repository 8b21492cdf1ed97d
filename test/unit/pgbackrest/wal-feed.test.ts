import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../src/host/local-host.ts';
import { currentUser } from '../../../src/host/run-user.ts';
import { parseJournal, WalFeed } from '../../../src/pgbackrest/wal-feed.ts';
import { listingOf } from '../../fixtures/archive-listing.ts';
import { firstUnproven } from '../../fixtures/unproven.ts';
import { segment } from '../../fixtures/facts.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

const [A, B] = [segment(10), segment(11)];
const [SUM, OTHER] = ['a'.repeat(40), 'b'.repeat(40)];
const host = new LocalHost({ user: currentUser(), fence: null, env: {} });

describe('parseJournal', () => {
  test('an empty one tells of nothing', () => {
    expect(parseJournal('')).toEqual({ delivered: new Map(), notFound: new Set(), refused: null });
  });

  test('each delivery has its SHA-1, or null while there is none', () => {
    const { delivered } = parseJournal(`get ${A} 0\nget ${B} 0\nsha1 ${A} ${SUM}\nget ${A} 0\n`);
    expect(delivered).toEqual(
      new Map([
        [A, [SUM, null]],
        [B, [null]],
      ]),
    );
  });

  test('a SHA-1 without a noted delivery is one of a delivery', () => {
    expect(parseJournal(`sha1 ${A} ${SUM}\n`).delivered).toEqual(new Map([[A, [SUM]]]));
  });

  test('what was not found at first and came later was found', () => {
    expect(parseJournal(`get ${A} 1\nget ${B} 1\nget ${A} 0\n`).notFound).toEqual(new Set([B]));
  });

  test('history files are looked for, but are no segments', () => {
    const { delivered, notFound } = parseJournal('get 00000002.history 0\nget 00000003.history 1\n');
    expect(delivered.size).toBe(0);
    expect(notFound).toEqual(new Set(['00000003.history']));
  });

  test.each([2, 42, 254])('a fetch that ended with %i neither delivered nor found nothing', (status) => {
    expect(parseJournal(`get ${A} ${status}\n`)).toMatchObject({ delivered: new Map(), notFound: new Set() });
  });

  test('the first refusal counts, with all its words', () => {
    const { refused } = parseJournal(`refused ${A} wal-unreadable it ended with 42\nrefused ${B} wal-missing gone\n`);
    expect(refused).toEqual({ file: A, code: 'wal-unreadable', text: 'it ended with 42' });
  });
});

describe('an unproven segment', () => {
  const listing = listingOf([
    { name: A, sha1: SUM },
    { name: B, sha1: SUM },
    { name: B, sha1: OTHER },
  ]);

  test.each([
    ['nothing was delivered', ''],
    ['all is as its name says', `get ${A} 0\nsha1 ${A} ${SUM}\n`],
    ['it was delivered twice', `get ${A} 0\nsha1 ${A} ${SUM}\nget ${A} 0\nsha1 ${A} ${SUM}\n`],
    ['it is one of two that were archived', `get ${B} 0\nsha1 ${B} ${OTHER}\n`],
    ['more was asked for in vain', `get ${A} 0\nsha1 ${A} ${SUM}\nget ${segment(12)} 1\n`],
  ])('is none when %s', (_, text) => {
    expect(firstUnproven(parseJournal(text), listing)).toBeNull();
  });

  test.each([
    ['its content is another', `get ${A} 0\nsha1 ${A} ${OTHER}\n`, A, true],
    ['its first delivery was another', `get ${A} 0\nsha1 ${A} ${OTHER}\nget ${A} 0\nsha1 ${A} ${SUM}\n`, A, true],
    ['its second delivery was another', `get ${A} 0\nsha1 ${A} ${SUM}\nget ${A} 0\nsha1 ${A} ${OTHER}\n`, A, true],
    ['it was not hashed', `get ${A} 0\n`, A, false],
    ['its second delivery was not hashed', `get ${A} 0\nsha1 ${A} ${SUM}\nget ${A} 0\n`, A, false],
    ['the archive does not know it', `get ${segment(9)} 0\nsha1 ${segment(9)} ${SUM}\n`, segment(9), false],
    [
      'the archive does not know it on this timeline',
      `get ${segment(10, 2)} 0\nsha1 ${segment(10, 2)} ${SUM}\n`,
      segment(10, 2),
      false,
    ],
    ['its SHA-1 is only the beginning of one', `get ${A} 0\nsha1 ${A} ${SUM.slice(0, 39)}\n`, A, true],
  ])('is found when %s', (_, text, name, altered) => {
    expect(firstUnproven(parseJournal(text), listing)).toEqual({ name, altered });
  });
});

/** What PostgreSQL makes of it (BuildRestoreCommand): %f, %p and %% are replaced, other signs stay. */
function replaced(command: string, file: string, path: string): string {
  return command.replace(/%([fp%])/g, (_, sign: string) => ({ f: file, p: path })[sign] ?? '%');
}

const WAY = { asListed: false, hasStop: false } as const;

describe('the restore_command', () => {
  test.each(['plain', 'with space', "it's", '100%f', '%p%%', '$HOME', 'a;b', '"q"', '`x`', 'back\\slash'])(
    'survives PostgreSQL and a shell in a directory named %j',
    async (name) => {
      const place = join(temporaryDirectory(), name);
      const directory = join(place, 'wal');
      const feed = new WalFeed(host, { feed: place, secrets: place, spool: place });
      await feed.install(listingOf([]), A, WAY);
      const fetch = join(directory, 'fetch.sh');
      writeFileSync(fetch, `printf '%s\\n' "$@" >'${join(directory, 'called').replaceAll("'", "'\\''")}'; exit 1`);
      const command = feed.restoreCommand(['sh', fetch, '--option=a b %f', '$x']);
      const { status } = spawnSync('sh', ['-c', replaced(command, A, 'pg_wal/RECOVERYXLOG')], { cwd: directory });
      expect(status).toBe(1);
      expect(await host.readFile(join(directory, 'called'))).toBe(`--option=a b %f\n$x\n${A}\npg_wal/RECOVERYXLOG\n`);
      expect((await feed.journal()).notFound).toEqual(new Set([A]));
    },
  );

  test('begins anew: what a killed run left behind does not refuse the WAL of the next', async () => {
    const place = join(temporaryDirectory(), 'feed');
    const directory = join(place, 'wal');
    const feed = new WalFeed(host, { feed: place, secrets: place, spool: place });
    await feed.install(listingOf([]), A, WAY);
    writeFileSync(join(directory, 'refused'), '');
    writeFileSync(join(directory, 'journal'), `refused ${A} wal-missing x\n`);
    await feed.install(listingOf([{ name: A, sha1: SUM }], [2]), A, { asListed: true, hasStop: true });
    expect(await host.list(directory)).not.toContain('refused');
    expect(await feed.settledJournal()).toEqual(parseJournal(''));
    expect(await host.readFile(join(directory, `listed/${A.slice(0, 15)}`))).toBe(`${A} ${SUM}\n`);
    expect(await host.readFile(join(directory, 'listed/histories'))).toBe('00000002.history \n');
    expect(await host.list(directory)).toEqual(expect.arrayContaining(['as-listed', 'has-stop']));
    await feed.open();
    expect(await host.list(directory)).not.toContain('as-listed');
  });
});
