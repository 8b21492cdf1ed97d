import { formatDuration } from '../../core/duration.ts';
import type { ControlResult, FaultResult } from '../../self-test/document.ts';
import type { SelfTestEvent } from '../../self-test/events.ts';
import { FAULTS } from '../../self-test/faults.ts';
import { SHORT_GROUNDS } from '../../self-test/words.ts';
import type { CliContext } from '../context.ts';
import { TrialLines } from '../view/trial-lines.ts';
import { wrap } from '../view/wrap.ts';

const HEALTHY = 'healthy copy';
const MADE = 'repository';

const TITLE_WIDTH = Math.max(...[HEALTHY, MADE, ...Object.keys(FAULTS)].map(({ length }) => length));

/** `  ✓ title  1234567  `: where what came of it begins. */
const INDENT = 2 + 2 + TITLE_WIDTH + 2 + 7 + 2;

/** A line for each fault as it is done; on a terminal, below them, what goes on now. */
export class SelfTestView {
  readonly #context: CliContext;
  readonly #lines: TrialLines;

  constructor(context: CliContext, isJson: boolean) {
    this.#context = context;
    this.#lines = new TrialLines(context, isJson);
  }

  begins(plan: string | null): void {
    const what = plan === null ? 'a small cluster of its own' : `the plan ${plan}`;
    this.#lines.line(
      this.#context.stderrStyle('bold', `Self-test with ${what}: each of these faults has to make a drill fail`),
    );
  }

  hear(event: SelfTestEvent): void {
    const { stderrStyle: style } = this.#context;
    switch (event.kind) {
      case 'began':
        this.#lines.began(event.what);
        break;
      case 'phase':
        this.#lines.phase(event.phase);
        break;
      case 'made':
        this.#row(style('green', '✓'), MADE, event.durationMs, SHORT_GROUNDS[event.repository]);
        break;
      case 'not-copied':
        this.#row(style('yellow', '!'), MADE, null, `not copied: ${event.why}; a small one is made for these faults`);
        break;
      case 'control':
        this.#control(event.control);
        break;
      case 'fault':
        this.#fault(event.fault);
        break;
    }
  }

  ends(): void {
    this.#lines.ends();
  }

  #control({ verdict, repository, why, durationMs }: ControlResult): void {
    const { stderrStyle: style } = this.#context;
    const isHealthy = verdict === 'passed';
    const text = isHealthy
      ? `passed, as it must; ${SHORT_GROUNDS[repository]}`
      : `${verdict ?? 'refused'}: ${why ?? ''}`;
    this.#row(isHealthy ? style('green', '✓') : style('red', '✗'), HEALTHY, durationMs, text);
  }

  #fault({ fault, result, codes, why, remark, durationMs }: FaultResult): void {
    const { stderrStyle: style } = this.#context;
    const told = {
      caught: { mark: style('green', '✓'), text: `caught: ${codes.join(', ')}` },
      missed: { mark: style('red', '✗'), text: style(['bold', 'red'], 'MISSED: the drill passed') },
      'not-shown': { mark: style('yellow', '!'), text: `not shown: ${why ?? ''}` },
    }[result];
    this.#row(told.mark, fault, durationMs, told.text);
    if (remark !== null) this.#lines.line(`${' '.repeat(INDENT)}${wrap(remark, this.#context.columns(), INDENT)}`);
  }

  #row(mark: string, title: string, durationMs: number | null, text: string): void {
    const { stderrStyle: style, columns } = this.#context;
    const time = durationMs === null ? '' : formatDuration(durationMs);
    const head = `  ${mark} ${title.padEnd(TITLE_WIDTH)}  ${style('dim', time.padStart(7))}`;
    this.#lines.line(`${head}  ${wrap(text, columns(), INDENT)}`);
  }
}
