import { execFileSync } from 'node:child_process';
import { chmodSync, globSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { startDrill, sweepOf, writePlan, type DrillRun } from '../fixtures/drill.ts';
import {
  ALL_THERE,
  makePrepared,
  placeOf,
  type Prepared,
  type PlaceOptions,
  type PreparedPlace,
} from '../fixtures/prepared.ts';
import { withScratchOf } from '../fixtures/small-scratch.ts';
import { onCommand, withEmpty, withMounts, withStandIn } from '../fixtures/stand-in.ts';
import { trial } from '../trials/trial.ts';

let prepared: Prepared;

beforeAll(async () => {
  prepared = await makePrepared();
});
afterAll(() => rmSync(prepared.root, { recursive: true, force: true }));

interface Circumstances {
  /** Words before the command. */
  readonly by?: readonly string[];
  readonly env?: Record<string, string>;
  readonly words?: readonly string[];
}

const drilled =
  (how: (place: PreparedPlace) => Circumstances, where: PlaceOptions = {}) =>
  (): Promise<DrillRun> => {
    const place = placeOf(prepared, where);
    const { by = [], env = {}, words = [] } = how(place);
    return startDrill(place, [...words], env, by).finished;
  };

/** Words before a command for which a script of the shell has set something. */
const after = (script: string): string[] => ['sh', '-c', `${script}; exec "$@"`, 'sh'];

/** A scratch file system that is mounted with these options; as an ordinary user none can be. */
const scratchWith = (place: PreparedPlace, options: string): string[] => {
  mkdirSync(place.scratch, { recursive: true });
  return [
    'unshare',
    '--mount',
    'sh',
    '-c',
    `mount -t tmpfs -o ${options},mode=0755 tmpfs ${place.scratch} && exec "$@"`,
    'sh',
  ];
};

trial(
  'M1',
  drilled((place) => ({ by: withScratchOf(place, 8 * 1024 ** 2) })),
);
trial(
  'M2',
  drilled((place) => ({ by: scratchWith(place, 'nr_inodes=300') })),
);
trial(
  'M3',
  drilled((place) => ({ by: scratchWith(place, 'ro') })),
);
trial(
  'M4',
  drilled(({ scratch }) => {
    writeFileSync(scratch, 'no directory');
    return {};
  }),
);
trial(
  'M5',
  drilled(({ root }) => ({ words: ['--scratch', join(root, 'a'.repeat(100))] })),
);
trial(
  'M6',
  drilled((place) => ({ by: scratchWith(place, 'noexec,nosuid,nodev'), words: ALL_THERE })),
);
trial(
  'M7',
  drilled(() => ({ by: after('ulimit -f 1200') })),
);
trial('M8', async () => {
  const run = await drilled(() => ({ by: after('ulimit -n 30') }))();
  expect(run.report?.cleanup.done).toBe(false);
  await sweepOf(run.workspace, '--scratch', run.workspace.scratch);
  return run;
});
trial(
  'M9',
  drilled((place) => ({ by: withStandIn(place, onCommand('restore', 'ulimit -v 30000')) })),
);
trial(
  'M10',
  drilled((place) => ({
    words: [writePlan(place, 'large', { sandbox: { settings: { shared_buffers: '900GB' } } })],
  })),
);

const postgresProgram = (): string => globSync('/usr/lib/postgresql/*/bin/postgres').toSorted().at(-1) ?? '';

/** Words before a command for which one shared library of a program is no library. */
function withoutLibrary({ root }: PreparedPlace, program: string, name: string): string[] {
  const libraries = execFileSync('ldd', [program], { encoding: 'utf8' });
  const library = libraries.split(/\s/).find((word) => word.includes(`/${name}`)) ?? '';
  const nothing = join(root, 'no-library');
  writeFileSync(nothing, '', { mode: 0o644 });
  return withMounts([[nothing, library]]);
}

/** A `PATH` of all programs but one. */
function without({ root }: PreparedPlace, program: string): Record<string, string> {
  const bin = join(root, 'bin');
  mkdirSync(bin, { mode: 0o755 });
  for (const name of globSync('/usr/bin/*')) {
    const own = basename(name);
    if (own !== program) symlinkSync(name, join(bin, own));
  }
  return { PATH: bin };
}

trial(
  'M11',
  drilled((place) => ({ env: without(place, 'pgbackrest') })),
);
/** Something that stands in the place of bubblewrap. */
function bubblewrap({ root }: PreparedPlace, content: string, mode: number): Circumstances {
  const standIn = join(root, 'bwrap');
  writeFileSync(standIn, content);
  chmodSync(standIn, mode);
  return { by: withMounts([[standIn, '/usr/bin/bwrap']]) };
}

const NO_NAMESPACES = '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n';

trial(
  'M12',
  drilled((place) => bubblewrap(place, 'no program', 0o644), { inSight: true }),
);
trial(
  'M13',
  drilled((place) => bubblewrap(place, NO_NAMESPACES, 0o755), { inSight: true }),
);
trial(
  'M34',
  drilled((place) => ({ ...bubblewrap(place, NO_NAMESPACES, 0o755), words: ALL_THERE })),
);
trial(
  'M14',
  drilled((place) => ({ by: withEmpty(place, '/usr/lib/postgresql') })),
);
trial(
  'M15',
  drilled((place) => {
    const file = join(place.root, 'postgres');
    writeFileSync(file, 'no program', { mode: 0o644 });
    return { by: withMounts([[file, postgresProgram()]]) };
  }),
);
trial(
  'M16',
  drilled((place) => ({ by: withoutLibrary(place, postgresProgram(), 'libpam') })),
);
trial(
  'M17',
  drilled((place) => ({ by: withoutLibrary(place, '/usr/bin/pgbackrest', 'libbz2') })),
);
trial(
  'M18',
  drilled((place) => ({ by: withStandIn(place, onCommand('version', 'echo "pgBackRest 2.20"; exit 0')) })),
);
trial(
  'M19',
  drilled((place) => ({ by: withStandIn(place, onCommand('restore', 'kill -SEGV $$')) })),
);
trial(
  'M20',
  drilled((place) => ({ by: withStandIn(place, onCommand('archive-get', 'kill -SEGV $$')) })),
);
trial(
  'M21',
  drilled((place) => ({ by: withStandIn(place, onCommand('restore', 'exit 0')) })),
);
trial(
  'M22',
  drilled((place) => ({ by: withStandIn(place, onCommand('info', 'echo hello; exit 0')) })),
);
trial(
  'M23',
  drilled(() => ({ env: { LC_ALL: 'xx_XX.UTF-8' }, words: ALL_THERE })),
);
trial(
  'M24',
  drilled(() => ({ env: { LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' }, words: ALL_THERE })),
);
trial(
  'M25',
  drilled(({ root }) => ({
    by: ['env', '-u', 'HOME'],
    env: { PATH: '/usr/bin:/bin', TMPDIR: join(root, 'no/such/directory') },
    words: ALL_THERE,
  })),
);
trial(
  'M26',
  drilled(() => ({ by: after('umask 0'), words: ALL_THERE })),
);
trial(
  'M27',
  drilled(() => ({ by: after('umask 077'), words: ALL_THERE })),
);
trial(
  'M28',
  drilled(() => ({
    by: ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs -o size=64k,mode=1777 tmpfs /dev/shm && exec "$@"', 'sh'],
  })),
);
trial(
  'M29',
  drilled(({ reports }) => {
    writeFileSync(reports, 'no directory');
    return {};
  }),
);
trial(
  'M30',
  drilled(({ root }) => ({
    by: after(`mkdir ${root}/gone; cd ${root}/gone; rmdir ${root}/gone`),
    words: ALL_THERE,
  })),
);
trial(
  'M31',
  drilled((place) => ({ by: withEmpty(place, '/usr/lib/locale') })),
);
trial(
  'M32',
  drilled((place) => ({ by: withEmpty(place, '/usr/share/zoneinfo') })),
);
trial(
  'M33',
  drilled((place) => ({ by: withEmpty(place, '/usr/share/postgresql') })),
);
