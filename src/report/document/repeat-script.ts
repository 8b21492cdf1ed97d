import { dirname } from 'node:path';
import { shellJoin } from '../../core/shell-quote.ts';
import type { DrillReport } from '../report.ts';

/** Shell commands that make the copy again, and those that remove it. */
interface RepeatScript {
  readonly start: string;
  readonly end: string;
}

/** Words of the run's own restore that name its directories or its ways; the script has its own. */
const NOT_REPEATED =
  /^--(config|config-path|config-include-path|stanza|repo|pg1-path|tablespace-map-all|log-[a-z-]+|delta|force)(=|$)/;

/** Settings of the run's own server that name its directories; the script has its own. */
const OWN_SETTINGS =
  /^(config_file|data_directory|hba_file|ident_file|unix_socket_directories|restore_command|port|cluster_name)=/;

/** What pg_controldata calls the settings that recovery needs at least, as settings. */
const MINIMUMS = String.raw`s/^\(max_[a-z_]*\) setting: *\([0-9]*\)$/\1 = \2/; s/^max_prepared_xacts/max_prepared_transactions/; s/^max_locks_per_xact/max_locks_per_transaction/; /^max_.* = /p`;

/**
 * What a reader pastes into a shell to get the same copy. Null: the run did not come to start a server. The
 * restore_command that pgBackRest (2.45) writes by itself would use the spool of production where `archive-async` is set, and
 * `restore` takes no `--no-archive-async` (`[031]: option 'archive-async' not valid for command 'restore'`).
 */
export function repeatScript({ commands, source, target, sandbox }: DrillReport): RepeatScript | null {
  const restore = commands.find(({ phase, argv }) => phase === 'restore' && argv.at(-1) === 'restore')?.argv;
  const server = commands.find(({ phase, argv }) => phase === 'recover' && serverAt(argv) >= 0)?.argv;
  if (!restore || !server) return null;
  const program = server[serverAt(server)] ?? 'postgres';
  const tools = program.includes('/') ? `${dirname(program)}/` : '';
  const options = restore.slice(restore.findIndex((word) => runs(word, 'pgbackrest')) + 1, -1);
  const ways = [...configurationOf(source.config), `--stanza=${source.stanza}`, ...repoOf(source.repo)];
  const settings = server.filter((word, at) => server[at - 1] === '-c' && !OWN_SETTINGS.test(word));
  const conf = sandbox.settings
    // Names of pgBackRest's options have hyphens.
    .filter(({ name }) => name !== 'shared_preload_libraries' && !name.includes('-'))
    .map(({ name, drill }) => `${name} = '${drill.replaceAll("'", "''")}'`);
  const start = [
    'umask 077',
    'here=$(mktemp -d) && cd "$here" && mkdir data ts sockets lock log',
    '',
    command([
      `pgbackrest ${shellJoin(ways)}`,
      '--pg1-path="$here/data" --lock-path="$here/lock"',
      '--log-path="$here/log" --log-level-file=off',
      '--reset-pg1-host --reset-link-map --reset-tablespace-map --tablespace-map-all="$here/ts"',
      ...options.filter((word) => !NOT_REPEATED.test(word)).map((word) => shellJoin([word])),
      'restore',
    ]),
    '',
    "cat >postgresql.conf <<'END'",
    ...conf,
    `hot_standby = ${target.action === 'stay-standby' ? 'on' : 'off'}`,
    'autovacuum = off',
    'huge_pages = off',
    'ssl = off',
    'logging_collector = off',
    "log_destination = 'stderr'",
    'END',
    '# What recovery needs at least.',
    `LC_ALL=C ${tools}pg_controldata -D data | sed -n '${MINIMUMS}' >>postgresql.conf`,
    "echo 'local all all trust' >pg_hba.conf",
    ': >pg_ident.conf',
    '',
    command([
      `${shellJoin([program])} -D "$here/data" -c config_file="$here/postgresql.conf" -c data_directory="$here/data"`,
      '-c hba_file="$here/pg_hba.conf" -c ident_file="$here/pg_ident.conf" -c unix_socket_directories="$here/sockets"',
      `-c restore_command="pgbackrest ${withinQuotes(shellJoin(ways))} --no-archive-async --pg1-path='$here/data' --lock-path='$here/lock' --log-level-file=off archive-get %f %p"`,
      ...settings.map((word) => shellJoin(['-c', word])),
      '>postgresql.log 2>&1 &',
    ]),
    'server=$!',
    `while kill -0 "$server" 2>/dev/null && ! ${tools}pg_isready -q -h "$here/sockets"; do sleep 1; done`,
    'tail -n 20 postgresql.log',
    `${tools}psql -h "$here/sockets" -d postgres -c 'select pg_is_in_recovery(), count(*) as databases from pg_database'`,
  ];
  const end = [`${tools}pg_ctl -D "$here/data" -m fast stop`, 'cd / && rm -r "$here"'];
  return { start: start.join('\n'), end: end.join('\n') };
}

/** Text that stands between double quotes of a shell, and is a restore_command. */
function withinQuotes(text: string): string {
  return text.replaceAll(/[\\"$`]/g, String.raw`\$&`).replaceAll('%', '%%');
}

/** One command over several lines. */
function command(lines: readonly string[]): string {
  return lines.join(' \\\n  ');
}

/** Where the server's program stands among the words: others may stand before it that fence it off or change the user. */
function serverAt(argv: readonly string[]): number {
  return argv.findIndex((word, at) => runs(word, 'postgres') && argv[at + 1] === '-D');
}

function runs(word: string, program: string): boolean {
  return word === program || word.endsWith(`/${program}`);
}

/** The files that the run read: one, and those of an include directory. */
function configurationOf([file, included]: readonly string[]): string[] {
  return [
    ...(file === undefined ? [] : [`--config=${file}`]),
    ...(included === undefined ? [] : [`--config-include-path=${dirname(included)}`]),
  ];
}

function repoOf(repo: DrillReport['source']['repo']): string[] {
  return repo === null ? [] : [`--repo=${repo.key}`];
}
