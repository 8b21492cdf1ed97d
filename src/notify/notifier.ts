import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { DrillReport } from '../report/report.ts';
import { endBefore } from '../store/end-before.ts';
import type { EndBefore } from '../store/ledger/index-answers.ts';
import { isOfTheSystem } from '../store/system-fault.ts';
import { kindOf, type Channel } from './channel.ts';
import type { Message } from './message.ts';
import { fallbackMessage, fallbackRefusedMessage } from './messages/fallback.ts';
import { begunMessage, refusedMessage } from './messages/other.ts';
import { runMessage } from './messages/run.ts';
import { deliver, send, type Notification, type SendServices } from './send.ts';
import { ToldBefore } from './told.ts';
import { isDueAgain, tellsRun } from './when.ts';

/** Who tells people of one run. */
export interface Notifier {
  /** The run has begun. Waits for nothing. */
  began(): void;
  /** The run has ended; its report lies in `folder`. Never rejects. */
  ended(report: DrillReport, folder: string, signal: AbortSignal): Promise<Notification[]>;
  /** The run was refused with this code, or ended by a bug (null). Never rejects. */
  refused(code: string | null, signal: AbortSignal): Promise<Notification[]>;
}

/** Whose run it is. */
interface AboutNotifier {
  readonly drill: string;
  readonly reports: string;
  readonly channels: readonly Channel[];
  /** A timer asked for the run: nobody reads its output, so that a refusal is told as well. */
  readonly isScheduled: boolean;
  /** The run whose fallback this is; null: it is none. It is told as news of that run, which has failed. */
  readonly fallbackOf: string | null;
}

/** The notifier of one run. */
export function notifierOf(about: AboutNotifier, services: Omit<SendServices, 'signal'>): Notifier {
  return new RunNotifier(about, services);
}

class RunNotifier implements Notifier {
  readonly #about: AboutNotifier;
  readonly #services: Omit<SendServices, 'signal'>;
  /** One for the beginning and the end. */
  readonly #id = randomUUID();
  readonly #beginning = new AbortController();
  #begun: Promise<unknown> | null = null;

  constructor(about: AboutNotifier, services: Omit<SendServices, 'signal'>) {
    this.#about = about;
    this.#services = services;
  }

  began(): void {
    if (this.#about.fallbackOf !== null) return;
    const message = begunMessage({ ...this.#known(), at: this.#services.now() });
    const services = { ...this.#services, signal: this.#beginning.signal };
    this.#begun = Promise.all(this.#watching().map((channel) => deliver(message, channel, services)));
  }

  async ended(report: DrillReport, folder: string, signal: AbortSignal): Promise<Notification[]> {
    return this.#orProblem(async () => {
      await this.#endBeginning();
      const { fallbackOf } = this.#about;
      if (fallbackOf !== null)
        return this.#send(fallbackMessage(report, { id: this.#id, folder, fallbackOf }), this.#forNews(), signal);
      const before = await this.#before(report);
      const message = runMessage(report, { id: this.#id, folder, before });
      const { channels } = this.#about;
      const wanted = channels.filter(({ on }) => tellsRun(on, report.verdict, before?.state ?? null));
      return this.#send(
        message,
        channels.filter((one) => wanted.includes(one) || kindOf(one).watches),
        signal,
      );
    });
  }

  async refused(code: string | null, signal: AbortSignal): Promise<Notification[]> {
    return this.#orProblem(async () => {
      await this.#endBeginning();
      const { channels, isScheduled, fallbackOf } = this.#about;
      if (fallbackOf !== null) {
        const about = { ...this.#known(), at: this.#services.now(), fallbackOf };
        return this.#send(fallbackRefusedMessage(code, about), this.#forNews(), signal);
      }
      if (!isScheduled && this.#begun === null) return [];
      const at = this.#services.now();
      const message = refusedMessage(code, { ...this.#known(), at });
      const isNews = isScheduled && (await this.#isNews(code, at));
      const to = channels.filter(
        (one) => kindOf(one).watches ?? (isNews && one.on.some((occasion) => occasion !== 'recovered')),
      );
      return this.#send(message, to, signal);
    });
  }

  /** A start that arrives behind its end would be waited for. */
  async #endBeginning(): Promise<void> {
    this.#beginning.abort();
    await this.#begun;
  }

  /** What came last: a refusal that was told, or what the ledger says. */
  async #before(report: DrillReport): Promise<EndBefore | null> {
    const { drill, reports } = this.#about;
    const key = refusalOf(drill);
    const told = new ToldBefore(reports);
    try {
      const refused = told.of(key);
      if (refused !== null) await told.forget(key);
      if (refused !== null) return { state: 'missed', run: null, at: refused.toldAt };
      const { runId, startedAt, source } = report;
      return endBefore(reports, { drill, before: { runId, startedAt }, repo: source.repo?.key ?? null });
    } catch (error) {
      if (!isOfTheSystem(error)) throw error;
      return null; // The report says what is wrong with the ledger. The run is told of as if it were the first.
    }
  }

  /** A timer asks every few minutes, and is refused every few minutes. */
  async #isNews(code: string | null, at: Date): Promise<boolean> {
    const { drill, reports } = this.#about;
    const found = { isBad: true, what: code ?? 'bug' };
    let isNews = true;
    try {
      await new ToldBefore(reports).note(refusalOf(drill), found, at, (before) => {
        isNews = before?.what !== found.what || isDueAgain(before, at);
        return isNews;
      });
    } catch (error) {
      // It may be what the run was refused for.
      if (!isOfTheSystem(error)) throw error;
    }
    return isNews;
  }

  /** Whoever was told that the run has failed. A service that watches runs knows of its end. */
  #forNews(): Channel[] {
    const { channels } = this.#about;
    return channels.filter((one) => !kindOf(one).watches && tellsRun(one.on, 'failed', 'failed'));
  }

  #watching(): Channel[] {
    return this.#about.channels.filter((one) => kindOf(one).watches);
  }

  #known(): { id: string; drill: string; host: string } {
    return { id: this.#id, drill: this.#about.drill, host: hostname() };
  }

  #send(message: Message, to: readonly Channel[], signal: AbortSignal): Promise<Notification[]> {
    const { channels, reports } = this.#about;
    return send({ message, to, channels, reports }, { ...this.#services, signal });
  }

  /** Whatever goes wrong here is no reason to lose a report: all that were to be told are named. */
  async #orProblem(work: () => Promise<Notification[]>): Promise<Notification[]> {
    try {
      return await work();
    } catch (error) {
      const reason = this.#services.redactor.text(error instanceof Error ? error.message : String(error));
      const failed = { sent: false, reason, attempts: 0, late: null, kept: false };
      return this.#about.channels.map(({ kind, name }) => ({ channel: kind, name, ...failed }));
    }
  }
}

function refusalOf(drill: string): string {
  return `refused/${drill}`;
}
