import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino, type Level, type Logger } from 'pino';
import type { Redactor } from '../core/redact.ts';
import type { DrillEvent } from '../drill/events.ts';
import { EvidenceLog } from '../store/evidence-log.ts';

const LOG_FILE = 'pgdrill.log';

interface RunLogOptions {
  /** What goes to stderr as well; null: nothing. */
  readonly level: Level | null;
  readonly redactor: Redactor;
  readonly stderr: (text: string) => void;
}

/**
 * The log of one run, as JSON lines: every command and event into `pgdrill.log` in the folder of the run, the important
 * ones to stderr. Written synchronously, so that nothing is lost however the process ends, and through the redactor.
 */
export class RunLog {
  readonly #logger: Logger;
  #folder: string | null = null;
  #file: EvidenceLog | null = null;
  #waiting = '';

  constructor({ level, redactor, stderr }: RunLogOptions) {
    const toFile = { level: 'debug' as const, stream: { write: (line: string) => this.#write(redactor.text(line)) } };
    const toStderr =
      level === null ? [] : [{ level, stream: { write: (line: string) => stderr(redactor.text(line)) } }];
    this.#logger = pino(
      {
        level: 'debug',
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      pino.multistream([toFile, ...toStderr]),
    );
  }

  /** What the run tells of itself. */
  event(event: DrillEvent): void {
    switch (event.kind) {
      case 'run-started':
        this.#folder = event.folder;
        this.#logger.info(event, event.kind);
        break;
      case 'phase-progress':
        this.#logger.trace(event, event.kind);
        break;
      case 'phase-ended':
        this.#logger[event.ok ? 'info' : 'error'](event, event.kind);
        break;
      case 'command-ended': {
        const { kind: _, ...details } = event;
        // Some commands are expected to fail.
        const isNotable = event.durationMs !== null && event.exitCode !== 0;
        this.#logger[isNotable ? 'warn' : 'info'](details, 'command');
        break;
      }
      case 'phase-started':
      case 'check-ended':
        this.#logger.info(event, event.kind);
        break;
      case 'notified':
      case 'run-ended':
        break; // The report has the digest of the log by now: nothing may follow.
    }
  }

  /** The folder is made a moment after the run has begun; what comes before is held back. */
  #write(line: string): void {
    this.#waiting += line;
    if (this.#folder === null || !existsSync(this.#folder)) return;
    this.#file ??= new EvidenceLog(join(this.#folder, LOG_FILE));
    this.#file.append(this.#waiting);
    this.#waiting = '';
  }
}
