import { DrillError } from '../core/errors.ts';
import type { Host, RunOptions, RunResult } from '../host/host.ts';
import { pgBackRestFailure } from './failure.ts';

const QUIET = ['--log-level-console=off', '--log-level-stderr=warn', '--log-level-file=off'];

/** pgBackRest on a host, always with the run's own configuration: it writes to no repository. */
export class PgBackRest {
  readonly host: Host;
  readonly configPath: string;
  readonly stanza: string;

  constructor(host: Host, configPath: string, stanza: string) {
    this.host = host;
    this.configPath = configPath;
    this.stanza = stanza;
  }

  /** The words of a command. `--config` is given here and not by environment, since restore copies it into restore_command. */
  argv(command: string, options: readonly string[], rest: readonly string[] = []): string[] {
    return ['pgbackrest', `--config=${this.configPath}`, `--stanza=${this.stanza}`, ...options, command, ...rest];
  }

  /** Runs a command that only reads and returns what it prints. Throws the error that the exit status stands for. */
  async read(
    command: string,
    options: readonly string[],
    rest: readonly string[] = [],
    run: RunOptions = {},
  ): Promise<string> {
    const result = await this.host.run(this.argv(command, [...QUIET, ...options], rest), {
      ...run,
      role: 'pgbackrest',
    });
    if (result.exitCode !== 0) throw pgBackRestFailure(command, result, linesOf(result));
    return result.stdout;
  }

  /**
   * Like {@link read}, for commands that print JSON. From 2.55 on, warnings about options of other versions stand before
   * the JSON on stdout and no log level silences them.
   */
  async readJson(
    command: string,
    options: readonly string[],
    rest: readonly string[] = [],
    run: RunOptions = {},
  ): Promise<unknown> {
    const text = await this.read(command, [...options, '--output=json'], rest, run);
    return parseJson(text);
  }

  /**
   * Like {@link readJson}, for an object of objects that may be larger than memory: calls back with the text of each entry,
   * without the brace that ends it. Throws as well when the object did not come to its end.
   */
  async readEntries(
    command: string,
    options: readonly string[],
    rest: readonly string[],
    run: RunOptions,
    onEntry: (entry: string) => void,
  ): Promise<void> {
    const said: string[] = [];
    let last = 'nothing';
    const result = await this.host.run(this.argv(command, [...QUIET, ...options, '--output=json'], rest), {
      ...run,
      role: 'pgbackrest',
      lineEnd: '}',
      onLine: (text, stream) => {
        if (stream === 'err') said.push(text);
        else onEntry(text);
        if (stream === 'out') last = text;
      },
    });
    if (result.exitCode !== 0) throw pgBackRestFailure(command, result, said.length > 0 ? said : linesOf(result));
    // The brace of the last entry is followed only by that of the object, and perhaps a line feed.
    if (!/^\s*\{?$/.test(last)) throw noJson();
  }
}

/** Everything a command printed, line by line. */
function linesOf(result: RunResult): string[] {
  return `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
}

/**
 * JSON of pgBackRest. Its system identifiers exceed 2^53, so they are kept as strings; and with a wrong passphrase its
 * messages quote decrypted bytes, control characters among them, which JSON does not allow.
 */
export function parseJson(text: string): unknown {
  const start = /^[[{]/m.exec(text);
  if (!start)
    throw new DrillError('sandbox-failed', 'pgBackRest printed no JSON at all', {
      hint: 'run pgbackrest info --output=json by hand: is it pgBackRest that is called by this name?',
    });
  const clean = text
    .slice(start.index)
    // oxlint-disable-next-line no-control-regex -- they are what is taken out
    .replace(/[\u0000-\u001f]/g, ' ')
    .replace(/("system-id":)(\d+)/g, '$1"$2"');
  try {
    return JSON.parse(clean) as unknown;
  } catch (error) {
    throw noJson(error);
  }
}

function noJson(cause?: unknown): DrillError {
  return new DrillError('repo-unreadable', 'pgBackRest printed something that is no JSON', { cause });
}
