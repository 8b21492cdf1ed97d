import { DrillError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';

/** What a fence has to know of the machine that it is put up on. */
export interface FenceMachine {
  /** The top directories that are links, as /bin is to usr/bin; and where they lead. */
  readonly links: readonly (readonly [path: string, target: string])[];
  /** Directories and files outside /usr that PostgreSQL, pgBackRest and the system itself are loaded from. */
  readonly programs: readonly string[];
  /** Where links in the top directories of the repositories lead. */
  readonly repositoryLinks: readonly string[];
  /** bubblewrap 0.8 can forbid user namespaces for good. */
  readonly disablesUserNamespaces: boolean;
  /** As `uname -m` says. */
  readonly arch: string;
}

/**
 * Tells what {@link FenceMachine} holds, a line each. Whatever of pgBackRest, of PostgreSQL and of the libraries that
 * they load lies outside the directories of the system is named. Arguments: repositories on disk.
 */
const LOOK = `
  ofSystem() { case $1 in /usr/*|/bin/*|/sbin/*|/lib/*|/lib64/*|/nix/store/*|/gnu/store/*) ;; *) false ;; esac; }
  show() { ofSystem "$1" || [ ! -e "$1" ] || case $1 in /*) echo "program $1" ;; esac; }
  libraries() { ldd "$1" 2>/dev/null | sed -n 's/^.*=> \\(\\/.*\\) (0x[0-9a-f]*)$/\\1/p' | while read -r library; do show "$library"; done; }
  program() { show "$1"; show "$(readlink -f "$1")"; libraries "$1"; }
  installation() {
    [ -x "$1/postgres" ] || return
    show "$1"; show "$(readlink -f "$1")"; libraries "$1/postgres"
    [ -x "$1/pg_config" ] && ! ofSystem "$(readlink -f "$1/pg_config")" || return
    for directory in $("$1/pg_config" --libdir --pkglibdir --sharedir); do show "$directory"; done
  }
  for directory in /bin /sbin /lib /lib32 /lib64 /libx32; do
    if [ -L $directory ]; then echo "link $directory $(readlink $directory)"; elif [ -d $directory ]; then echo "program $directory"; fi
  done
  if found=$(command -v pgbackrest); then program "$found" & fi
  if found=$(command -v pg_config); then
    program "$found" &
    ofSystem "$(readlink -f "$found")" || installation "$(pg_config --bindir)"
  fi
  for directory in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin; do installation "$directory"; done
  for repository; do
    for path in "$repository"/archive "$repository"/backup "$repository"/archive/* "$repository"/backup/*; do
      [ ! -L "$path" ] || echo "repository $(readlink -f "$path")"
    done
  done
  ! bwrap --help 2>&1 | grep -q -e --disable-userns || echo disable-userns
  echo "arch $(uname -m)"
  wait`;

/** Looks at a machine, as the user of the drill. */
export async function lookAtMachine(host: Host, repositoryPaths: readonly string[]): Promise<FenceMachine> {
  const { exitCode, stdout, stderr } = await host.run(['sh', '-c', LOOK, 'sh', ...repositoryPaths]);
  if (exitCode !== 0) throw new DrillError('sandbox-failed', `the machine cannot be looked at: ${stderr.trim()}`);
  return machineIn(stdout);
}

/** Reads what the look printed. */
function machineIn(text: string): FenceMachine {
  const lines = text.split('\n');
  const after = (word: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  return {
    links: after('link').map((line) => {
      const [path = '', target = ''] = line.split(' ');
      return [path, target] as const;
    }),
    programs: [...new Set(after('program'))],
    repositoryLinks: [...new Set(after('repository'))],
    disablesUserNamespaces: lines.includes('disable-userns'),
    arch: after('arch')[0] ?? '',
  };
}
