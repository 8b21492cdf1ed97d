/** A PostgreSQL that a copy must not reach: a socket directory, an address or an abstract name (`@…`), and its port. */
export interface OutsideServer {
  readonly host: string;
  readonly port: number;
}

/** A server process of the machine. Its start, in clock ticks since boot, tells it from another one of the same number. */
interface OutsideProcess {
  readonly pid: number;
  readonly startTicks: string;
}

/** What is known of the machine that a copy runs on, and that the copy must neither see nor reach. */
export interface Outside {
  /** The namespaces of the machine, such as `pid` and `pid:[4026531836]`; empty where they are not known. */
  readonly namespaces: ReadonlyMap<string, string>;
  /**
   * Device numbers of its file systems in memory, such as `0:25`, as they are now: the kernel gives the number of one that
   * went away to the next, which may be the copy's own.
   */
  readonly memoryDevices: () => Promise<readonly string[]>;
  /** Addresses of its Unix sockets: absolute paths, or `@` and an abstract name. */
  readonly sockets: readonly string[];
  readonly servers: readonly OutsideServer[];
  readonly processes: readonly OutsideProcess[];
  /** Files and directories that hold secrets or production's data. */
  readonly paths: readonly string[];
  /** Directories that the plan lets the copy write to. */
  readonly shared: readonly string[];
  /** Whether the machine has something at a path; null where it cannot be asked. */
  readonly exists: ((path: string) => Promise<boolean>) | null;
}

/** Of a machine that cannot be asked, such as that of a container engine elsewhere. */
export const NOTHING_KNOWN: Outside = {
  namespaces: new Map(),
  memoryDevices: () => Promise.resolve([]),
  sockets: [],
  servers: [],
  processes: [],
  paths: [],
  shared: [],
  exists: null,
};

/** A program that lists {@link Outside.memoryDevices}, a line each. */
export const LIST_MEMORY_DEVICES: readonly string[] = [
  'sed',
  '-n',
  's/^[0-9]* [0-9]* \\([0-9]*:[0-9]*\\) .* - tmpfs .*/\\1/p',
  '/proc/self/mountinfo',
];

/**
 * A script of sh that tells of a machine, for {@link outsideIn}. A postmaster is known by its postmaster.pid (line 1: its
 * number as it sees itself, 4: port, 5: first socket directory), which only its own user and root may read. Anybody may call a
 * process so, and put a pipe in the place of that file: nobody waits for it. The paths of a server in a container are those of the
 * container, and another directory has such a path here, and in the copy.
 */
export const OUTSIDE_SCRIPT = `
  for kind in ipc mnt net pid uts; do echo "namespace=$kind $(readlink /proc/self/ns/$kind)"; done
  sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* [^ ]* [^ ]* *[0-9]* \\([/@].*\\)$/socket=\\1/p' /proc/net/unix | sort -u
  for comm in $(grep -lx -e postgres -e postmaster /proc/[0-9]*/comm 2>/dev/null); do
    proc=\${comm%/comm}
    text=$(timeout 2 head -c 4096 -- "$proc/cwd/postmaster.pid" 2>/dev/null) || continue
    { read -r pid && read -r data && read -r _ && read -r port && read -r socket; } <<END || continue
$text
END
    [ "$(sed -n 's/^NSpid:.*[^0-9]//p' "$proc/status")" = "$pid" ] || continue
    echo "process=\${proc#/proc/} $(sed 's/^.*) //' "$proc/stat" | cut -d' ' -f20)"
    [ "$data" -ef "$proc/cwd" ] || continue
    echo "path=$data/global/pg_control"
    [ -z "$socket" ] || echo "server=$port $socket"
  done
  for home in "$HOME" $(cut -d: -f6 /etc/passwd | sort -u); do
    for name in .ssh .pgpass .aws .config .docker .gnupg .kube .netrc .bash_history; do
      [ "$home" = / ] || [ ! -e "$home/$name" ] || echo "path=$home/$name"
    done
  done`;

/** What {@link OUTSIDE_SCRIPT} printed. */
export function outsideIn(text: string): Pick<Outside, 'namespaces' | 'sockets' | 'servers' | 'processes' | 'paths'> {
  const values = (name: string): string[] => [
    ...new Set(text.split('\n').flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []))),
  ];
  return {
    namespaces: new Map(
      values('namespace').flatMap((value) => {
        const [kind = '', id = ''] = value.split(' ');
        return id === '' ? [] : [[kind, id] as const];
      }),
    ),
    sockets: values('socket'),
    servers: values('server').map((value) => {
      const [port = '', ...directory] = value.split(' ');
      return { host: directory.join(' '), port: Number(port) };
    }),
    processes: values('process').map((value) => {
      const [pid = '', startTicks = ''] = value.split(' ');
      return { pid: Number(pid), startTicks };
    }),
    paths: values('path'),
  };
}
