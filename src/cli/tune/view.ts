import { PHASES } from '../../drill/phase-list.ts';
import { durationText } from '../../report/document/words.ts';
import type { Tried } from '../../tune/document.ts';
import type { TuneEvent } from '../../tune/events.ts';
import type { CliContext } from '../context.ts';
import { wrap } from '../view/wrap.ts';
import { gainText } from './gain.ts';

const ERASE = '\r\x1b[2K';

/** A line for each way as it is drilled; on a terminal, below them, what goes on now. */
export class TuneView {
  readonly #context: CliContext;
  readonly #isLive: boolean;
  readonly #isSilent: boolean;
  #now = '';

  constructor(context: CliContext, isJson: boolean) {
    this.#context = context;
    this.#isLive = context.interactive;
    this.#isSilent = isJson && !context.interactive;
  }

  begins(drill: string): void {
    this.#line(
      this.#context.stderrStyle(
        'bold',
        `Tuning ${drill}: the same backup is drilled as configured, then in other ways`,
      ),
    );
  }

  hear(event: TuneEvent): void {
    switch (event.kind) {
      case 'began':
        this.#now = `${event.number}${event.of === null ? '' : ` of ${event.of}`}: ${event.id}`;
        this.#shows('');
        break;
      case 'phase':
        this.#shows(PHASES.find(({ id }) => id === event.phase)?.title.toLowerCase() ?? event.phase);
        break;
      case 'tried':
        this.#tried(event.tried);
        break;
    }
  }

  ends(): void {
    if (this.#isLive) this.#context.stderr(ERASE);
  }

  #tried({ id, rtoMs, ratio, why }: Tried): void {
    const { stderrStyle: style, columns } = this.#context;
    const mark = why === null ? style('green', '✓') : style('yellow', '!');
    const time = rtoMs === null ? '' : durationText(rtoMs);
    const text = why ?? gainText(ratio);
    this.#line(wrap(`  ${mark} ${time.padStart(8)}  ${id}${text === '' ? '' : `: ${text}`}`, columns(), INDENT));
  }

  #line(text: string): void {
    if (!this.#isSilent) this.#context.stderr(`${this.#isLive ? ERASE : ''}${text}\n`);
  }

  #shows(phase: string): void {
    if (!this.#isLive) return;
    const { stderrStyle: style, stderr, columns } = this.#context;
    const text = `  … ${this.#now}${phase === '' ? '' : `  ${phase}`}`.slice(0, columns() - 1);
    stderr(`${ERASE}${style('dim', text)}`);
  }
}

/** `  ✓ 12345678  `: where the way begins. */
const INDENT = 2 + 2 + 8 + 2;
