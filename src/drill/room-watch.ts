import { setTimeout as delay } from 'node:timers/promises';
import { formatBytes } from '../core/bytes.ts';
import { DrillError } from '../core/errors.ts';
import type { Room } from '../host/host.ts';
import type { Station } from '../sandbox/sandbox.ts';

const LOOK_EVERY_MS = 250;

/** Of the time that a run takes, looking takes no more than one part in so many: elsewhere each look is a program. */
const SHARE_OF_TIME = 25;

/** Of its files a file system is to keep one in so many free, and needs to keep no more than so many. */
const RESERVE = { oneFileIn: 50, files: 100_000 };

/**
 * Looks after the room that is to stay free on the scratch file system: what shares it with the copy may be production.
 * Its signal aborts as soon as the reserve is touched. What is written between two looks is not held back.
 */
export class RoomWatch {
  readonly #full = new AbortController();
  readonly #ended = new AbortController();
  #error: DrillError | null = null;

  /** Aborts when the reserve is touched. */
  get signal(): AbortSignal {
    return this.#full.signal;
  }

  /** What ended the run; null: there is room. */
  get error(): DrillError | null {
    return this.#error;
  }

  /**
   * Looks on until `stop`. A file system that does not answer does not count as full: others find out what is wrong with
   * it.
   */
  watch({ host, paths }: Pick<Station, 'host' | 'paths'>, reserveBytes: number): void {
    void (async () => {
      while (!this.#ended.signal.aborted) {
        const since = performance.now();
        const room = await host.room(paths.root).catch(() => null);
        const lack = room && lackOf(room, reserveBytes);
        if (lack !== null && !this.#ended.signal.aborted) return this.#end(lack);
        const pause = Math.max(LOOK_EVERY_MS, (performance.now() - since) * SHARE_OF_TIME);
        await delay(pause, undefined, { ref: false, signal: this.#ended.signal }).catch(() => undefined);
      }
    })();
  }

  /** The run is over, and frees what it took. */
  stop(): void {
    this.#ended.abort();
  }

  #end(lack: DrillError): void {
    this.#error = lack;
    this.#full.abort();
  }
}

/** What is missing of the room that is to stay free: bytes, or files, which production beside the copy needs as much. */
export function lackOf({ freeBytes, freeFiles, allFiles }: Room, reserveBytes: number): DrillError | null {
  if (freeBytes < reserveBytes) {
    return new DrillError(
      'disk-full',
      `the scratch file system has ${formatBytes(freeBytes)} free, and ${formatBytes(reserveBytes)} must stay free`,
      { hint: 'free room on it, name another one with --scratch, or lower sandbox.reserve in the plan' },
    );
  }
  const reserveFiles = Math.min(Math.floor(allFiles / RESERVE.oneFileIn), RESERVE.files);
  if (freeFiles >= reserveFiles) return null;
  return new DrillError(
    'disk-full',
    `the scratch file system takes ${formatCount(freeFiles)} more files (df -i), and ${formatCount(reserveFiles)} must stay free`,
    { hint: 'remove files from it, or name another one with --scratch' },
  );
}

function formatCount(count: number): string {
  return count.toLocaleString('en');
}
