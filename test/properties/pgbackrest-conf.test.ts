import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DrillError } from '../../src/core/errors.ts';
import { refuseInvalid } from '../../src/pgbackrest/config-problems.ts';
import { KNOWN_OPTIONS } from '../../src/pgbackrest/known-options.ts';
import { optionName } from '../../src/pgbackrest/option-name.ts';
import { privateConfig } from '../../src/pgbackrest/private-config.ts';
import { optionsFor, readUserConfig, type UserConfig } from '../../src/pgbackrest/user-config.ts';
import { makeKeptDirectory } from '../fixtures/plans.ts';
import { expectHolds } from '../fixtures/properties.ts';

let directory = '';

beforeAll(() => {
  directory = makeKeptDirectory();
  mkdirSync(join(directory, 'none'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What pgBackRest itself makes of a configuration: the options that it says it begins with; or that it takes it for invalid. */
function asPgBackRestReads(
  text: string,
  command: 'archive-get' | 'restore',
): ReadonlyMap<string, string[]> | 'refused' {
  const config = join(directory, 'oracle.conf');
  writeFileSync(config, text);
  const own = [`--config=${config}`, `--config-include-path=${directory}/none`, '--stanza=main'];
  const quiet = ['--log-level-console=info', '--log-level-stderr=off', '--log-level-file=off', '--lock-path=/dev/null'];
  const wal = command === 'archive-get' ? ['000000010000000000000001', `${directory}/wal`] : [];
  const { stdout, status } = spawnSync('pgbackrest', [...own, ...quiet, command, ...wal], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
  });
  const begin = / INFO: [a-z-]+ command begin [^:]+: (?:\[.*?\] )?(--.*)$/m.exec(stdout)?.[1];
  if (begin !== undefined) return optionsIn(begin);
  // FormatError, OptionInvalidError and OptionInvalidValueError of pgBackRest 2.45.
  expect([29, 31, 32], stdout).toContain(status);
  return 'refused';
}

/** Of `--a=b --no-c --d="e f"`. */
function optionsIn(begin: string): Map<string, string[]> {
  const options = new Map<string, string[]>();
  for (const [, no, name = '', quoted, plain] of begin.matchAll(/--(no-)?([a-z0-9-]+)(?:=(?:"([^"]*)"|([^ ]*)))?/g)) {
    const value = no === undefined ? (quoted ?? plain ?? 'y') : 'n';
    options.set(name, [...(options.get(name) ?? []), value]);
  }
  return options;
}

const number = fc.constantFrom('1', '2', '3', '9');

/** Options that both commands take, with values of theirs, and some that they do not take. */
const OPTIONS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'repoN-path': fc.constantFrom('/r', '/r r', '/a=b', '/#', '/r#x', 'r', '"/r"', '/ä', '/r\u00a0', '/\ufeff'),
  'repoN-cipher-type': fc.constantFrom('none'),
  'repoN-host': fc.constantFrom('backup', 'b.example.org'),
  'repoN-storage-verify-tls': fc.constantFrom('yes', 'Y', ''),
  'repo-path': fc.constantFrom('/old', '/o o'),
  'backup-host': fc.constantFrom('old.example.org'),
  'pgN-path': fc.constantFrom('/pg/1', '/pg 2', 'pg'),
  'process-max': number,
  delta: fc.constantFrom('y', 'n', '1'),
  'log-path': fc.constantFrom('/log', 'log', ''),
  'recovery-option': fc.constantFrom('a=b', ''),
  'io-timeout': fc.constantFrom('30', '60', ''),
  'buffer-size': fc.constantFrom('1MiB', '2MiB'),
  'archive-async': fc.constantFrom('y', 'n', 'true'),
  'sck-keep-alive': fc.constantFrom('y', 'n'),
  'compress-level': number,
  'no-such-option': fc.constantFrom('x', ''),
};

const SECTIONS = [
  'global',
  'global',
  'main',
  'global:archive-get',
  'global:restore',
  'main:archive-get',
  'main:restore',
];
const OTHER_SECTIONS = ['other', 'global:backup', 'other:restore'];

const blank = fc.constantFrom('', '', '', ' ', '\t', ' \t');
/** What JavaScript takes for blank, and pgBackRest for a part of the name. */
const oddBlank = fc.oneof(
  { weight: 9, arbitrary: blank },
  { weight: 1, arbitrary: fc.constantFrom('\u00a0', '\v', '\ufeff') },
);
const entry = fc
  .constantFrom(...Object.keys(OPTIONS))
  .chain((option) =>
    fc
      .tuple(
        fc.constantFrom('1', '1', '1', '2', '01', '257'),
        OPTIONS[option] ?? fc.constant(''),
        fc.tuple(oddBlank, oddBlank, blank, blank),
      )
      .map(
        ([index, value, [a, b, c, d]]) =>
          `${a}${option.replace('N', option.startsWith('pg') ? '1' : index)}${b}=${c}${value}${d}`,
      ),
  );
const header = fc
  .tuple(fc.constantFrom(...SECTIONS, ...SECTIONS, ...OTHER_SECTIONS), fc.constantFrom('', '', '', '', ' '))
  .map(([name, space]) => `${space}[${name}]${space}`);
const odd = fc.constantFrom(
  '',
  '# a comment',
  '  #x=y',
  ';x=y',
  'words',
  '=v',
  '[]',
  '[main',
  '[main] # x',
  '[[main]]',
  'x = y=z',
  '#[main]',
);

/** Mostly sane: a configuration with three faults says no more than one with the first of them. */
const configuration = fc
  .tuple(
    fc.array(
      fc.tuple(header, fc.uniqueArray(entry, { maxLength: 3, selector: (line) => line.split('=')[0]?.trim() })),
      { maxLength: 5 },
    ),
    fc.option(fc.tuple(odd, fc.nat(20)), { freq: 4 }),
    fc.constantFrom('\n', '\n', '\r\n'),
    fc.boolean(),
  )
  .map(([sections, fault, end, isWhole]) => {
    const lines = [
      '[global]',
      'log-level-file=off',
      '[main]',
      'pg1-path=/pg',
      ...sections.flatMap(([name, entries]) => [name, ...entries]),
    ];
    if (fault) lines.splice(4 + (fault[1] % (lines.length - 3)), 0, fault[0]);
    return `${lines.join(end)}${isWhole ? end : ''}`;
  });

/** Ours of the same text; a number: refused, for that line. */
function asWeRead(text: string): UserConfig | number {
  const file = join(directory, 'ours.conf');
  writeFileSync(file, text);
  try {
    const config = readUserConfig(file, {});
    refuseInvalid(config, 'main');
    return config;
  } catch (error) {
    expect(error).toBeInstanceOf(DrillError);
    expect((error as DrillError).code).toBe('config-invalid');
    return Number(/ours\.conf:(\d+): /.exec((error as DrillError).message)?.[1]);
  }
}

/** The sections of one name alone: pgBackRest passes over a fault in a section that a nearer one stands in for. */
function sectionOf(line: number, text: string): string {
  const lines = text.split('\n').map((one) => one.trim());
  const headerOf = (index: number): string => lines.slice(0, index + 1).findLast((one) => one.startsWith('[')) ?? '';
  const own = lines.filter((_, index) => headerOf(index) === headerOf(line - 1));
  return ['[main]', 'pg1-path=/pg', ...own].filter((one, index) => index < 2 || one !== 'pg1-path=/pg').join('\n');
}

/** The options that a drill carries over, of those that the command takes. */
function carried(
  options: ReadonlyMap<string, readonly string[]>,
  command: 'archive-get' | 'restore',
): Record<string, readonly string[]> {
  const taken = [...options].filter(
    ([name]) =>
      KNOWN_OPTIONS.get(optionName(name).base) === 'read' &&
      (command === 'archive-get' || !name.startsWith('archive-')),
  );
  return Object.fromEntries(taken);
}

test('a configuration means to us what it means to pgBackRest, and what it refuses we refuse', () => {
  expectHolds(
    fc.property(configuration, (text) => {
      const ours = asWeRead(text);
      const theirs = (['restore', 'archive-get'] as const).map(
        (command) => [command, asPgBackRestReads(text, command)] as const,
      );
      if (typeof ours === 'number') {
        const alone = (['restore', 'archive-get'] as const).map((command) =>
          asPgBackRestReads(sectionOf(ours, text), command),
        );
        expect([...theirs.map(([, options]) => options), ...alone]).toContain('refused');
        return;
      }
      for (const [command, options] of theirs) {
        expect(options).not.toBe('refused');
        if (options !== 'refused')
          expect(carried(optionsFor(ours, 'main', command), command)).toEqual(carried(options, command));
      }
    }),
    6,
  );
});

// What stands in a section for restore alone holds in a run for archive-get as well: there it is left out.
const withoutRestore = configuration.filter((text) => !text.includes(':restore'));

test('the configuration of a run means to pgBackRest what that of the user means, of every repository', () => {
  expectHolds(
    fc.property(withoutRestore, (text) => {
      const ours = asWeRead(text);
      if (typeof ours === 'number') return;
      const { content } = privateConfig(ours, {
        stanza: 'main',
        repo: null,
        filesPath: '/run/files',
        readFile: () => null,
        lockPath: '/run/lock',
        logPath: '/run/log',
        spoolPath: '/run/spool',
      });
      const wanted = asPgBackRestReads(text, 'archive-get');
      const given = asPgBackRestReads(`${content}\n[main]\npg1-path=/run/data\n`, 'archive-get');
      if (wanted === 'refused' || given === 'refused') throw new Error('refused');
      expect(carried(given, 'archive-get')).toEqual(carried(wanted, 'archive-get'));
      expect(given.get('process-max') ?? null).toEqual(wanted.get('process-max') ?? null);
      expect([...given.keys()].filter((name) => /^pg\d+-/.test(name))).toEqual(['pg1-path']);
    }),
    6,
  );
});
