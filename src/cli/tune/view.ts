import { durationText } from '../../report/document/words.ts';
import type { Tried } from '../../tune/document.ts';
import type { TuneEvent } from '../../tune/events.ts';
import type { CliContext } from '../context.ts';
import { TrialLines } from '../view/trial-lines.ts';
import { wrap } from '../view/wrap.ts';
import { gainText } from './gain.ts';

/** A line for each way as it is drilled; on a terminal, below them, what goes on now. */
export class TuneView {
  readonly #context: CliContext;
  readonly #lines: TrialLines;

  constructor(context: CliContext, isJson: boolean) {
    this.#context = context;
    this.#lines = new TrialLines(context, isJson);
  }

  begins(drill: string): void {
    this.#lines.line(
      this.#context.stderrStyle(
        'bold',
        `Tuning ${drill}: the same backup is drilled as configured, then in other ways`,
      ),
    );
  }

  hear(event: TuneEvent): void {
    switch (event.kind) {
      case 'began':
        this.#lines.began(`${event.number}${event.of === null ? '' : ` of ${event.of}`}: ${event.id}`);
        break;
      case 'phase':
        this.#lines.phase(event.phase);
        break;
      case 'tried':
        this.#tried(event.tried);
        break;
    }
  }

  ends(): void {
    this.#lines.ends();
  }

  #tried({ id, rtoMs, ratio, why }: Tried): void {
    const { stderrStyle: style, columns } = this.#context;
    const mark = why === null ? style('green', '✓') : style('yellow', '!');
    const time = rtoMs === null ? '' : durationText(rtoMs);
    const text = why ?? gainText(ratio);
    this.#lines.line(wrap(`  ${mark} ${time.padStart(8)}  ${id}${text === '' ? '' : `: ${text}`}`, columns(), INDENT));
  }
}

/** `  ✓ 12345678  `: where the way begins. */
const INDENT = 2 + 2 + 8 + 2;
