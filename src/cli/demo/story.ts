import { formatDuration } from '../../core/duration.ts';
import { shellJoin } from '../../core/shell-quote.ts';
import type { CliContext } from '../context.ts';
import type { Accident } from './plans.ts';
import type { ProductionCluster } from '../../demo/production.ts';
import { ACCIDENT } from '../../demo/shop.ts';

/** A production that stays up. */
interface Kept {
  readonly production: ProductionCluster;
  readonly plan: string;
  readonly end: string;
}

const WHAT_WAS_SEEN =
  'The latest state came back with the damage, as it must; the moment before the accident came back without it.';

/** What the demo tells, in the order in which it happens. */
export class Story {
  readonly #context: CliContext;

  constructor(context: CliContext) {
    this.#context = context;
  }

  begins(root: string): void {
    this.#say('A small production with an accident, and two drills of its backups.');
    this.title(`Production, in ${root}`);
  }

  title(text: string): void {
    this.#say(`\n${this.#context.stdoutStyle('bold', text)}`);
  }

  /** Does a piece of work, and tells of it when it is done. */
  async step<T>(text: string, work: () => Promise<T>): Promise<T> {
    const { stdoutStyle: style } = this.#context;
    const startedMs = performance.now();
    const result = await work();
    this.#say(`  ${style('green', '✓')} ${text} ${style('dim', `(${formatDuration(performance.now() - startedMs)})`)}`);
    return result;
  }

  tellsOf({ damagedOrders, before }: Accident): void {
    const { stdoutStyle: style } = this.#context;
    this.#say(`  ${style('red', '✗')} the accident: ${ACCIDENT};`);
    this.#say(`    no WHERE: ${damagedOrders} orders damaged, just after ${before}`);
  }

  warns(text: string): void {
    this.#say(`  ! ${text}`);
  }

  ends(passed: boolean, kept: Kept | null): void {
    const npm = this.#context.env['npm_lifecycle_event'] === 'demo';
    const drill = npm ? 'npm run -s drill --' : 'drill';
    this.title('What you have seen');
    this.#say(`  ${passed ? WHAT_WAS_SEEN : 'A drill of the demo did not pass. Its report says why.'}`);
    if (kept) this.#tellsOfKept(kept, drill);
    else
      this.#say(
        `  Nothing is left but the two reports. "${npm ? 'npm run demo -- --keep' : 'drill demo --keep'}" leaves production up to play with.`,
      );
    this.title('Your own cluster');
    const steps = [
      ['doctor', 'says what this machine lacks'],
      ['init', 'writes a plan for each stanza'],
      ['run <plan>', 'runs it'],
    ];
    for (const [command, meaning] of steps)
      this.#say(`  ${`${drill} ${command}`.padEnd(drill.length + 12)} ${meaning}`);
  }

  #tellsOfKept({ production, plan, end }: Kept, drill: string): void {
    this.#say('  Production is still up.');
    this.#say(`    connect   ${shellJoin(['psql', ...production.connection()])}`);
    this.#say(`    drill it  ${drill} run ${plan}`);
    this.#say(`    end it    sh ${end}`);
  }

  #say(text: string): void {
    this.#context.stdout(`${text}\n`);
  }
}
