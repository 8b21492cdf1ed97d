import { parseBytes } from '../core/bytes.ts';

interface RestoreOptions {
  readonly repo: number;
  readonly label: string;
  /** The options that name the recovery target, with its timeline. */
  readonly target: readonly string[];
  /** The backup was taken of a cluster that was shut down, so there is nothing to recover. */
  readonly offline: boolean;
  readonly dataDirectory: string;
  readonly tablespaces: string;
  readonly processMax: number;
  readonly delta: boolean;
}

/**
 * The options of `pgbackrest restore` for a drill. The target time goes with an explicit `+00`; `--archive-mode=off`
 * (2.29) keeps the copy from archiving; every tablespace is mapped; `--spool-path` must not stand here, since restore
 * would copy it into restore_command, where archive-get refuses it (2.45 to 2.60).
 */
export function restoreOptions(options: RestoreOptions): string[] {
  return [
    `--repo=${options.repo}`,
    `--set=${options.label}`,
    `--pg1-path=${options.dataDirectory}`,
    // With any other type PostgreSQL would look for WAL, and with immediate not start without (2.45 with 15).
    ...(options.offline ? ['--type=none'] : options.target),
    '--archive-mode=off',
    `--tablespace-map-all=${options.tablespaces}`,
    `--process-max=${options.processMax}`,
    ...(options.delta ? ['--delta'] : []),
    '--log-level-console=detail',
    '--log-level-stderr=off',
    '--log-level-file=off',
  ];
}

/** How far a restore is. */
export interface RestoreProgress {
  /** 0 to 1, of the size of the cluster. */
  readonly fraction: number;
  readonly files: number;
  /** What lay in the data directory already and was kept (delta); pgBackRest rounds each file to a tenth of its unit. */
  readonly bytesReused: number;
}

/** The size up to which pgBackRest puts files into bundles, where they are in use. */
const BUNDLE_LIMIT = 2 * 1024 ** 2;

/** More of them tell no more. */
const MOST_MESSAGES = 200;

/** Follows the DETAIL lines of a restore, whose forms changed with bundles and block incremental (2.39, 2.46). */
export class RestoreLog {
  readonly #messages: string[] = [];
  #fraction = 0;
  #files = 0;
  #reused = 0;
  readonly #alone = { files: 0, small: 0, smallBytes: 0 };

  /** Takes one line; true when it told of a file. */
  push(line: string): boolean {
    const match = /DETAIL: restore (?:zeroed )?file \S.*? (- exists and [^(]*)?\((.*), (\d+\.\d+)%\)/.exec(line);
    if (!match) {
      if (this.#messages.length < MOST_MESSAGES && !/DETAIL|INFO/.test(line)) this.#messages.push(line);
      return false;
    }
    const [, exists, inside = '', percent] = match;
    this.#files += 1;
    this.#fraction = Math.max(this.#fraction, Number(percent) / 100);
    this.#reused += reusedBytes(exists !== undefined, inside);
    if (exists === undefined && !inside.startsWith('bundle ')) this.#countAlone(inside);
    return true;
  }

  #countAlone(inside: string): void {
    const bytes = parseBytes(inside.slice(inside.lastIndexOf(' ') + 1)) ?? 0;
    this.#alone.files += 1;
    if (bytes > BUNDLE_LIMIT) return;
    this.#alone.small += 1;
    this.#alone.smallBytes += bytes;
  }

  /** The lines that may tell why a restore failed: its warnings and errors. */
  get messages(): readonly string[] {
    return this.#messages;
  }

  /** Files that lie in no bundle; those of at most 2 MB among them, which one would take (repo-bundle-limit, 2.45 to 2.60). */
  get alone(): { readonly files: number; readonly small: number; readonly smallBytes: number } {
    return { ...this.#alone };
  }

  get progress(): RestoreProgress {
    return { fraction: this.#fraction, files: this.#files, bytesReused: this.#reused };
  }
}

/** `bundle 1/0, 8KB` | `8KB` | `bi 8.1MB/10.7MB`: the last item is the size, for a block-incremental delta `fetched/size`. */
function reusedBytes(exists: boolean, inside: string): number {
  // So it is for nearly all of the many thousand lines.
  if (!exists && !inside.includes('bi ')) return 0;
  const size = inside.split(', ').at(-1) ?? '';
  const partial = /^bi (\S+?)\/(\S+)$/.exec(size);
  if (partial) return Math.max(0, (parseBytes(partial[2] ?? '') ?? 0) - (parseBytes(partial[1] ?? '') ?? 0));
  return exists ? (parseBytes(size.replace(/^bi /, '')) ?? 0) : 0;
}
