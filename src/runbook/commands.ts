import { dirname } from 'node:path';
import { shellJoin } from '../core/shell-quote.ts';
import type { DrillReport } from '../report/report.ts';
import type { ProcedureName } from './procedures.ts';
import type { Production } from './runbook.ts';

/** Options of the drill's own restore that a real one does without, or has its own word for. */
const OF_THE_DRILL =
  /^--(config|config-path|config-include-path|stanza|repo|set|pg1-path|tablespace-map-all|archive-mode|type|target|target-[a-z]+|log-[a-z-]+|delta|force)(=|$)/;

/** What each procedure asks pgBackRest for, beside what the drill asked it for. */
const ASKED: Readonly<Record<ProcedureName, readonly string[]>> = {
  latest: [],
  pointInTime: ['--type=time', '"--target=$target"', '--target-action=promote'],
  standby: ['--type=standby'],
  singleTable: [],
};

/** The options that name the files of a configuration. */
function configOptions([file, included]: readonly string[]): string[] {
  return [
    ...(file === undefined ? [] : [`--config=${file}`]),
    ...(included === undefined ? [] : [`--config-include-path=${dirname(included)}`]),
  ];
}

/** A command of pgBackRest on production, with production's configuration. */
export function productionCommand(stanza: string, { config }: Production, words: readonly string[]): string {
  return shellJoin(['pgbackrest', ...configOptions(config), `--stanza=${stanza}`, ...words]);
}

/**
 * The restore that a drill has shown to work, with production's paths and configuration: the words of the drill that are not its own.
 * The backup set is left to pgBackRest, which takes the newest that leads to the target.
 */
export function restoreCommand(name: ProcedureName, report: DrillReport, production: Production): string {
  const { source, commands } = report;
  const restore = commands.find(({ phase, argv }) => phase === 'restore' && argv.at(-1) === 'restore')?.argv ?? [];
  const options = restore.slice(restore.findIndex((word) => /(^|\/)pgbackrest$/.test(word)) + 1, -1);
  const kept = options.filter((word) => word.startsWith('--') && !OF_THE_DRILL.test(word));
  const words = [
    ...configOptions(source.config),
    `--stanza=${source.stanza}`,
    ...(source.repo === null ? [] : [`--repo=${source.repo.key}`]),
    ...kept,
  ];
  // A line for each option: paper and a narrow screen would break a long one within an option.
  const restoreWords = ['pgbackrest', ...words.map((word) => shellJoin([word])), ...ASKED[name], 'restore'];
  return [
    `data=${shellJoin([production.data ?? 'WHERE-THE-DATA-LIES'])}`,
    ...(name === 'pointInTime'
      ? ["target='YYYY-MM-DD HH:MM:SS+00'   # the last moment that is wanted, with its zone"]
      : []),
    production.stop ?? 'pg_ctl -D "$data" -m fast stop   # if it still runs',
    'mv "$data" "$data.broken"   # keep it, if there is room: it may hold WAL that was not archived',
    'mkdir -m 700 "$data"',
    restoreWords.join(' \\\n  '),
    production.start ?? 'pg_ctl -D "$data" -l "$data/../recovery.log" start',
  ].join('\n');
}
