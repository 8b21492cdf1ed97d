import { DrillError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import type { RunPaths } from '../host/run-paths.ts';
import { formatLsn, type Lsn } from '../postgres/lsn.ts';
import { SEGMENT_HEADER_BYTES } from '../postgres/wal-page.ts';
import { segmentNumberAt } from '../postgres/wal-segment.ts';

/** Whoever reads the gate finds the old one or the new one, whole: a rename is one step. */
const REPLACE = 'printf "%s\\n" "$2" >"$1.next" && mv -f "$1.next" "$1"';

/**
 * The position up to which the WAL feed serves; see wal-feed.sh. A standby replays all before it, waits there, and goes on when
 * the gate is moved. It only ever moves forward: what was replayed is not taken back.
 */
export class WalGate {
  readonly #host: Host;
  readonly #directory: string;
  readonly #segmentBytes: number;

  constructor(host: Host, { feed }: Pick<RunPaths, 'feed'>, segmentBytes: number) {
    this.#host = host;
    this.#directory = `${feed}/wal`;
    this.#segmentBytes = segmentBytes;
  }

  /** Serves what lies before the record that begins at a position, in a feed that is installed. Throws `sandbox-failed`. */
  async moveTo(lsn: Lsn): Promise<void> {
    const words = ['sh', '-c', REPLACE, 'sh', `${this.#directory}/gate`, gateText(lsn, this.#segmentBytes)];
    const { exitCode, stderr } = await this.#host.run(words);
    if (exitCode !== 0) {
      throw new DrillError('sandbox-failed', `the WAL feed cannot be opened up to ${formatLsn(lsn)}: ${stderr.trim()}`);
    }
  }

  /** Whether more than the gate lets through was asked for: then the server has read all that is before it. */
  async wasMet(lsn: Lsn): Promise<boolean> {
    return (await this.#host.readFile(`${this.#directory}/met`))?.trim() === gateText(lsn, this.#segmentBytes);
  }

  /** It was met again only if more is asked for from now on. */
  async forgetMet(): Promise<void> {
    await this.#host.remove(`${this.#directory}/met`);
  }
}

/** A gate for wal-feed.sh. Where the first record of a segment is behind it, nothing of the segment is served. */
export function gateText(lsn: Lsn, segmentBytes: number): string {
  const perLog = 0x1_0000_0000n / BigInt(segmentBytes);
  const number = segmentNumberAt(lsn, segmentBytes);
  const offset = lsn % BigInt(segmentBytes);
  const served = offset <= SEGMENT_HEADER_BYTES ? 0n : offset;
  return `${number / perLog} ${number % perLog} ${served} ${segmentBytes}`;
}
