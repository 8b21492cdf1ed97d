import { describe, expect, test } from 'vitest';
import type { MachineFacts, ParityFacts, SetFacts } from '../../../../src/drill/parity/facts.ts';
import { judgeParity } from '../../../../src/drill/parity/judge.ts';

const GB = 1024 ** 3;
const DEBIAN = '15.18 (Debian 15.18-0+deb12u1)';

const MACHINE: MachineFacts = {
  postgres: DEBIAN,
  libraries: new Set(['plpgsql', 'auto_explain', 'timescaledb']),
  extensions: new Set(['plpgsql', 'hstore']),
  hasIcu: true,
  libc: '2.36',
  lackingLocales: [],
};

const SET: SetFacts = {
  minimums: {
    is: new Map([
      ['max_connections', 100],
      ['max_wal_senders', 10],
    ]),
  },
  locales: ['C', 'en_US.UTF-8'],
  collations: [{ oid: 5, database: 'shop', provider: 'libc', locale: 'en_US.UTF-8', version: '2.36' }],
};

const FACTS: ParityFacts = {
  major: 15,
  inImage: false,
  pgbackrest: { reads: '2.55.1', wrote: '2.55.1' },
  machine: { is: MACHINE },
  set: { is: SET },
  preload: { is: [] },
  extensions: {
    is: [
      { database: 'shop', name: 'plpgsql', version: '1.0' },
      { database: 'shop', name: 'hstore', version: '1.8' },
    ],
  },
  tablespaces: { is: [] },
  links: { is: [] },
  production: { version: '15.18' },
  plan: { preload: [], settings: {}, standby: false, examinesWith: [] },
  room: { path: '/srv/drills', neededBytes: 10 * GB, reserveBytes: GB, freeBytes: 20 * GB },
};

const machine = (differences: Partial<MachineFacts>): Partial<ParityFacts> => ({
  machine: { is: { ...MACHINE, ...differences } },
});
const set = (differences: Partial<SetFacts>): Partial<ParityFacts> => ({ set: { is: { ...SET, ...differences } } });
const plan = (differences: Partial<ParityFacts['plan']>): Partial<ParityFacts> => ({
  plan: { ...FACTS.plan, ...differences },
});
const LATER = { why: '', when: 'after the restore' };
const THERE = { why: '', when: 'once the server is there' };

function itemOf(what: string, differences: Partial<ParityFacts>) {
  return judgeParity({ ...FACTS, ...differences }).find((item) => item.what === what);
}

test('where all is as in production every item has a tick, but for what only a server can be asked', () => {
  const states = judgeParity(FACTS).map(({ what, state, fix }) => [what, state, fix]);
  expect(states.filter(([, state]) => state !== 'here')).toEqual([['ICU', 'later', null]]);
});

describe('a tick stands for what was asked alone', () => {
  const UNASKED: Partial<ParityFacts> = {
    machine: LATER,
    set: LATER,
    preload: LATER,
    extensions: LATER,
    tablespaces: LATER,
    links: LATER,
    pgbackrest: { reads: '2.55.1', wrote: null },
    room: { ...FACTS.room, freeBytes: null },
  };

  test('where nothing could be asked there is none', () => {
    const ticks = judgeParity({ ...FACTS, ...UNASKED }).filter(({ state }) => !['later', 'unknown'].includes(state));
    expect(ticks).toEqual([]);
  });

  test('a server that is not there yet has none of what is asked of it', () => {
    const items = judgeParity({ ...FACTS, machine: THERE, ...plan({ preload: ['timescaledb'] }) });
    const asked = ['PostgreSQL', 'preload libraries', 'extensions', 'locales', 'collation version'];
    for (const item of items.filter(({ what }) => asked.includes(what)))
      expect(item).toMatchObject({ state: 'later', detail: 'known only once the server is there' });
  });
});

const OTHER_LIBC = set({ collations: [{ ...(SET.collations[0] as SetFacts['collations'][0]), version: '2.31' }] });
const NO_VERSION = set({ collations: [{ ...(SET.collations[0] as SetFacts['collations'][0]), version: null }] });
const ICU = set({ collations: [{ oid: 5, database: 'geo', provider: 'icu', locale: 'tr-TR', version: '153.120' }] });

describe.each([
  [
    'pgBackRest',
    { pgbackrest: { reads: '2.45', wrote: '2.55.1' } },
    'differs',
    '2.45 reads, 2.55.1 wrote',
    /upgrade pgbackrest/,
  ],
  ['pgBackRest', { pgbackrest: { reads: '2.60.0', wrote: '2.9' } }, 'here', '2.60.0 reads, 2.9 wrote', null],
  ['pgBackRest', { pgbackrest: { reads: '2.60.0', wrote: null } }, 'unknown', 'does not say', null],
  [
    'PostgreSQL',
    { production: { version: '15.20' } },
    'differs',
    '15.18, and 15.20 in production',
    /upgrade postgresql-15/,
  ],
  ['PostgreSQL', { production: { version: '15.9' } }, 'here', '15.18, and 15.9 in production', null],
  ['PostgreSQL', { production: { version: null } }, 'unknown', 'no backup says', /show server_version/],
  ['PostgreSQL', { production: null }, 'unknown', 'no backup says', /show server_version/],
  ['PostgreSQL', machine({ postgres: null }), 'later', 'once the server is there: PostgreSQL 15', null],
  ['preload libraries', { preload: { is: ['auto_explain'] } }, 'here', 'does without auto_explain', null],
  [
    'preload libraries',
    { preload: { is: ['timescaledb'] } },
    'differs',
    'production has timescaledb',
    /\nsandbox: \{ preload: \[timescaledb\] \}$/,
  ],
  [
    'preload libraries',
    { preload: { is: ['pg_cron'] } },
    'differs',
    'pg_cron is not there either',
    /apt-get install postgresql-15-cron\nsandbox/,
  ],
  [
    'preload libraries',
    { preload: { is: ['timescaledb'] }, ...plan({ preload: ['timescaledb'] }) },
    'here',
    'timescaledb is there',
    null,
  ],
  [
    'preload libraries',
    plan({ preload: ['pg_cron'] }),
    'lacking',
    'not there: pg_cron',
    /^apt-get install postgresql-15-cron\nor take it out/,
  ],
  [
    'preload libraries',
    { inImage: true, ...plan({ preload: ['pg_cron'] }) },
    'lacking',
    'not there: pg_cron',
    /^build an image/,
  ],
  [
    'preload libraries',
    { ...machine({ libraries: null }), ...plan({ preload: ['pg_cron'] }) },
    'unknown',
    'not known',
    null,
  ],
  [
    'preload libraries',
    { preload: { why: 'as on Debian', when: null } },
    'unknown',
    'as on Debian',
    /show shared_preload/,
  ],
  ['resource managers', { preload: { is: ['timescaledb'] } }, 'later', 'known only in recovery: of timescaledb', null],
  [
    'resource managers',
    { preload: { is: ['timescaledb'] }, ...plan({ preload: ['timescaledb'] }) },
    'here',
    'none that',
    null,
  ],
  ['resource managers', { preload: { why: '', when: null } }, 'later', 'known only in recovery: of extensions', null],
  ['resource managers', { major: 14, preload: { why: '', when: null } }, 'here', 'PostgreSQL 14 has none', null],
  [
    'extensions',
    machine({ extensions: new Set(['plpgsql']) }),
    'lacking',
    'not there: hstore (of shop)',
    /^apt-get install postgresql-15$/,
  ],
  ['extensions', machine({ extensions: null }), 'unknown', 'not known', null],
  [
    'extensions',
    { ...plan({ examinesWith: ['amcheck'] }), extensions: { why: 'there is no room', when: null } },
    'lacking',
    'not there: amcheck (of integrity)',
    /^apt-get install postgresql-15$/,
  ],
  [
    'extensions',
    { extensions: { is: [{ database: 'shop', name: 'plpgsql', version: '1.0' }] } },
    'here',
    'none but plpgsql',
    null,
  ],
  [
    'locales',
    machine({ lackingLocales: ['tr_TR.UTF-8'] }),
    'lacking',
    'not there: tr_TR.UTF-8',
    /\nlocaledef -i tr_TR -f UTF-8 tr_TR.UTF-8$/,
  ],
  [
    'locales',
    machine({ lackingLocales: ['sr_RS.utf8@latin', 'de_DE'] }),
    'lacking',
    'sr_RS',
    /-i sr_RS@latin -f UTF-8 sr_RS.utf8@latin\nlocaledef -i de_DE -f ISO-8859-1 de_DE$/,
  ],
  ['locales', machine({ lackingLocales: ['turkish'] }), 'lacking', 'turkish', /dpkg-reconfigure locales/],
  ['locales', machine({ lackingLocales: null }), 'unknown', 'no program', null],
  [
    'collation version',
    OTHER_LIBC,
    'differs',
    'shop: glibc 2.31 in production, 2.36 there',
    /distribution of production/,
  ],
  ['collation version', NO_VERSION, 'unknown', 'shop has none noted', /ldd --version/],
  ['collation version', { ...NO_VERSION, major: 14 }, 'unknown', 'PostgreSQL 14 notes no version', /ldd --version/],
  ['collation version', machine({ libc: null }), 'unknown', 'another than that of GNU', null],
  ['collation version', ICU, 'here', 'no database sorts by the C library', null],
  ['ICU', ICU, 'later', 'known only after the restore: geo has 153.120', null],
  ['ICU', { ...ICU, ...machine({ hasIcu: false }) }, 'lacking', 'built without', /built with ICU/],
  [
    'recovery settings',
    plan({ settings: { max_connections: 20 } }),
    'differs',
    'max_connections 20, production had 100',
    /max_connections: 100/,
  ],
  [
    'recovery settings',
    plan({ settings: { max_connections: 20 }, standby: true }),
    'lacking',
    'max_connections 20',
    /max_connections: 100/,
  ],
  ['recovery settings', plan({ settings: { max_connections: 500 } }), 'here', 'max_connections 100 and 1 more', null],
  ['recovery settings', set({ minimums: THERE }), 'later', 'once the server is there', null],
  [
    'room',
    { room: { ...FACTS.room, freeBytes: 10.5 * GB } },
    'lacking',
    '10.5 GB free, 10.0 GB needed, 1.0 GB to stay free',
    /\/srv\/drills.*--scratch/,
  ],
  ['room', { room: { ...FACTS.room, freeBytes: 11 * GB } }, 'here', '11.0 GB free', null],
  ['room', { room: { ...FACTS.room, freeBytes: null } }, 'later', 'once the server is there', null],
  ['tablespaces', { tablespaces: { is: [{ name: 'ts1', destination: '/srv/ts1' }] } }, 'here', 'ts1, mapped', null],
  [
    'links',
    { links: { is: [{ name: 'pg_wal', destination: '/wal' }] } },
    'differs',
    'pg_wal (/wal in production)',
    null,
  ],
] as const)('%s', (what, differences: Partial<ParityFacts>, state, words, fix) => {
  test(`${state}: ${words}`, () => {
    const item = itemOf(what, differences);
    expect(item).toMatchObject({ state, detail: expect.stringContaining(words) as string });
    expect(item?.fix ?? '').toMatch(fix ?? /^$/);
  });
});
