import { DrillError } from '../core/errors.ts';
import { shellJoin } from '../core/shell-quote.ts';
import { repositoriesOf } from '../pgbackrest/repository.ts';
import { optionsFor, type UserConfig } from '../pgbackrest/user-config.ts';
import { aheadScript, aheadVariables } from '../pgbackrest/wal-ahead.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { durationText, minuteText, sizeText } from '../report/document/words.ts';
import type { DrillReport } from '../report/report.ts';
import { recoveryKindOf, targetText } from '../targets/index.ts';
import { productionCommand } from './commands.ts';

/** What the script of a recovery is made of. */
export interface RecoverScriptInput {
  readonly plan: DrillPlan;
  readonly config: UserConfig;
  /** The last passed run that fetched its WAL ahead; null: none has. */
  readonly drilled: DrillReport | null;
  /** How somebody gets this script again. */
  readonly command: string;
}

/**
 * The faster recovery, for a person who does it in earnest: a script for a POSIX shell. It refuses a directory that is not empty and
 * one that a server runs in. Throws `plan-invalid` for a target that only a drill can look for.
 */
export function recoverScript({ plan, config, drilled, command }: RecoverScriptInput): string {
  const { stanza, backup, processMax } = plan.source;
  const options = optionsFor(config, stanza, 'restore');
  const repo = plan.source.repo ?? repositoriesOf(options)[0]?.key ?? 1;
  const ours = (words: readonly string[]): string =>
    productionCommand(stanza, { data: null, config: config.files, stop: null, start: null }, [
      `--repo=${repo}`,
      ...words,
    ]);
  const target = targetOptions(plan);
  const label = /^\d{8}-/.test(backup) ? [`--set=${backup}`] : [];
  return `#!/bin/sh
# Recovery in earnest of the stanza ${oneLine(stanza)} to ${oneLine(targetText(plan.target))}: WAL is fetched ahead of the replay.
# Printed by: ${oneLine(command)}
# ${drilledText(drilled)}
#
# Read it before you run it, as the user of PostgreSQL, on the machine where the cluster is to be: sh FILE
# It restores into a directory that is empty or not there, and stops no server: nobody may write to the old cluster any more.
set -eu
umask 077

data=${shellJoin([options.get('pg1-path')?.[0] ?? 'WHERE-THE-DATA-IS-TO-LIE'])}
work=$data.wal-ahead   # for WAL that is fetched ahead: up to 512 MB, best on the same disk as the data
processes=${processMax ?? '$(nproc)'}   # of the restore; more of them help where each file is waited for

refuse() {
    echo "refused: $1" >&2
    exit 1
}
[ "$(id -u)" -ne 0 ] || refuse 'run it as the user of PostgreSQL, and not as root'
# pgBackRest writes this path into the configuration of the server as it is.
case $data in *[!A-Za-z0-9_./-]* | [!/]*) refuse "$data is no plain absolute path" ;; esac
[ ! -e "$data/postmaster.pid" ] || refuse "a server runs in $data, or was killed there (postmaster.pid)"
place=$(readlink -f "$data") || refuse "there is no directory that $data could lie in"
for process in /proc/[0-9]*; do
    case $(readlink "$process/cwd" 2>/dev/null) in
    "$place" | "$place (deleted)") refuse "process \${process#/proc/} works in $data: a server, perhaps" ;;
    esac
done
[ ! -e "$data" ] || [ -z "$(ls -A "$data")" ] ||
    refuse "$data is not empty: move it away and keep it, since it may hold WAL that was not archived"
[ ! -e "$work" ] || refuse "$work is there: such a recovery is under way, or was broken off; move it away"

mkdir "$work" "$work/spool" "$work/lock"
# What the archive holds: the name of each segment has its SHA-1, which pgBackRest does not compare.
${ours(['--recurse', 'repo-ls', `archive/${stanza}`])} >"$work/archive.list"

cat >"$work/wal-ahead.sh" <<'END'
${aheadScript().trimEnd()}
END

cat >"$work/fetch.sh" <<'END'
# fetch FILE DESTINATION: the restore_command
here=\${0%/*}
${aheadVariables('$here')
  .map((line) => `${line}\n`)
  .join(
    '',
  )}sh "$here/wal-ahead.sh" "$here/spool" ${shellJoin([stanza])} ${ours(['--log-level-console=warn', '--log-level-file=off'])} --pg1-path="$PWD" archive-get "$1" "$2"
status=$?
# PostgreSQL takes every status from 1 to 125 for the end of the archive, and goes into production. Only a 1 for a file that the
# archive did not hold is that; 254 stops it.
case $1 in *.history) name=$1 ;; *) name=$1- ;; esac
wanted=$(grep -F "/$name" "$here/archive.list")
[ $? -le 1 ] || exit 254
if [ "$status" -eq 1 ]; then
    [ -n "$wanted" ] || exit 1
    echo "fetch.sh: WAL file $1 was in the archive when the recovery began, and is gone" >&2
    exit 254
fi
[ "$status" -eq 0 ] || exit 254
# Of a history file there is no SHA-1, nor of what was archived since.
case $1 in *.history) exit 0 ;; esac
[ -n "$wanted" ] || exit 0
sum=$(sha1sum <"$2")
case $wanted in *"/$1-\${sum%% *}"*) exit 0 ;; esac
rm -f "$2"
echo "fetch.sh: WAL segment $1 is not what its name in the archive says" >&2
exit 254
END

${ours([])} --pg1-path="$data" --process-max="$processes" \\
  ${shellJoin([...label, ...target])} \\
  --recovery-option=restore_command="sh $work/fetch.sh %f %p" \\
  --log-level-console=info restore

cat <<END
All files are there. The server is started now, and replays WAL. It has recovered when this says f:
  psql -XAtc 'select pg_is_in_recovery()'
Look into its log: it has to say that the target was reached, and nothing of a file that could not be restored.
Afterwards take restore_command away, and then $work:
  psql -c 'alter system reset restore_command'
  rm -r $work
END

# It does not wait, since recovery may take long.
${plan.runbook?.start ?? 'pg_ctl -D "$data" -l "$work/server.log" -W start'}
`;
}

/** Options that name the target. One that has to be looked for in the WAL takes the newest set, unless a set is named. */
function targetOptions({ target, timeline, source }: DrillPlan): string[] {
  const kind = recoveryKindOf(target);
  if (kind === null)
    throw new DrillError('plan-invalid', 'a recovery in earnest has a target that somebody chose', {
      hint: 'name it, such as --target-time "2026-05-13 14:32:00+00" or --latest',
    });
  if (kind.record !== null && !/^\d{8}-/.test(source.backup))
    throw new DrillError(
      'plan-invalid',
      'for such a target pgBackRest takes the newest backup set, which may be too new',
      {
        hint: 'name one that ended before the target with --backup; drill plan says which would do',
      },
    );
  return kind.restoreOptions(timeline);
}

function drilledText(drilled: DrillReport | null): string {
  const { recovery, rto } = drilled ?? {};
  if (!drilled || !recovery) return 'No passed drill on record has fetched its WAL so: drill run PLAN --wal-ahead';
  return `Drilled so: ${minuteText(drilled.startedAt)}, run ${drilled.runId}: ${durationText(rto?.measuredMs ?? null)} with ${sizeText(recovery.walBytes)} of WAL, passed.`;
}

/** Text in a comment of the script. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, ' ');
}
