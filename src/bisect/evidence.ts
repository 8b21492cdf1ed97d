import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import type { Run } from '../drill/run.ts';
import { EvidenceLog } from '../store/evidence-log.ts';

/** What lies below the directory of the reports; it is no folder of a drill, and nothing there counts as one. */
const BISECTIONS = 'bisections';

/** The folder of one bisection, with its answer and what its passes leave. Its owner's alone, since a log may show restored data. */
export class BisectFolder {
  readonly path: string;

  constructor(reports: string, id: string) {
    this.path = join(reports, BISECTIONS, id);
  }

  /** Writes a file of the bisection itself. */
  keep(name: string, text: string): void {
    this.#make(this.path);
    writeFileSync(join(this.path, name), text, { mode: 0o600 });
  }

  /** The folder of a pass. It has no line in the ledger: nothing that is on record as a drill has happened. */
  ofPass(pass: number): Run['folder'] {
    const path = join(this.path, `pass-${pass}`);
    return {
      path,
      begin: () => {
        this.#make(path);
        return Promise.resolve();
      },
      discard: () => {
        rmSync(path, { recursive: true, force: true });
        return Promise.resolve();
      },
      keep: (name, text) => writeFileSync(join(path, name), text, { mode: 0o600 }),
      log: (name) => new EvidenceLog(join(path, name)),
    };
  }

  #make(path: string): void {
    try {
      makeWithParents(this.path, 0o700);
      mkdirSync(path, { mode: 0o700, recursive: true });
    } catch (error) {
      throw new DrillError('reports-not-writable', `${path} cannot be made: ${messageOf(error)}`, {
        hint: 'name a directory that you may write to with --reports',
        cause: error,
      });
    }
  }
}
