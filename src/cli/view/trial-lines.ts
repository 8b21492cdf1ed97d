import { PHASES } from '../../drill/phase-list.ts';
import type { PhaseId } from '../../report/report.ts';
import type { CliContext } from '../context.ts';

const ERASE = '\r\x1b[2K';

/** Lines of what was done, on stderr; on a terminal, below them, what goes on now. With --json and no terminal nothing is said. */
export class TrialLines {
  readonly #context: CliContext;
  readonly #isLive: boolean;
  readonly #isSilent: boolean;
  #now = '';

  constructor(context: CliContext, isJson: boolean) {
    this.#context = context;
    this.#isLive = context.interactive;
    this.#isSilent = isJson && !context.interactive;
  }

  line(text: string): void {
    if (!this.#isSilent) this.#context.stderr(`${this.#isLive ? ERASE : ''}${text}\n`);
  }

  /** Something goes on from now on. */
  began(what: string): void {
    this.#now = what;
    this.#shows('');
  }

  /** A drill of it has come to a phase. */
  phase(phase: PhaseId): void {
    this.#shows(PHASES.find(({ id }) => id === phase)?.title.toLowerCase() ?? phase);
  }

  ends(): void {
    if (this.#isLive) this.#context.stderr(ERASE);
  }

  #shows(phase: string): void {
    if (!this.#isLive) return;
    const { stderrStyle: style, stderr, columns } = this.#context;
    const text = `  … ${this.#now}${phase === '' ? '' : `  ${phase}`}`.slice(0, columns() - 1);
    stderr(`${ERASE}${style('dim', text)}`);
  }
}
