import { minuteText } from '../../report/document/words.ts';
import type { Message } from '../message.ts';
import { meaningOf } from './run.ts';

interface AboutRefused {
  readonly id: string;
  readonly drill: string;
  readonly at: Date;
  readonly host: string;
}

/** As docs/exit-statuses.md has them. */
const USAGE = 2;
const BUG = 70;

/**
 * A run that did not begin: a timer asked for it, and nobody was there to read why. `code` is that of its error; null: it was an
 * error of pgdrill's own.
 */
export function refusedMessage(code: string | null, { id, drill, at, host }: AboutRefused): Message {
  const readMore = `Run it by hand on ${host} to read more.`;
  return {
    id,
    about: 'refused',
    drill,
    state: 'refused',
    tone: 'bad',
    // An error of its own may come at any time.
    title: code === null ? `NO RESULT: ${drill} (bug)` : `NOT RUN: ${drill} (${code})`,
    lines:
      code === null
        ? ['pgdrill ended with an error of its own, and there is no report.', readMore]
        : [`${code}: ${meaningOf(code)}`, `Nothing was done. It does not run until that is mended. ${readMore}`],
    at: at.toISOString(),
    host,
    exitStatus: code === null ? BUG : USAGE,
    log: [],
    details: { code: code ?? 'bug' },
  };
}

/** As docs/exit-statuses.md has it: nothing is known of the backup. */
const NO_ANSWER = 3;

/** A run that was killed: it has no report, and could tell nobody. */
export function lostMessage(
  run: { readonly id: string; readonly startedAt: string },
  { id, drill, at, host }: AboutRefused,
): Message {
  return {
    id,
    about: 'lost',
    drill,
    state: 'lost',
    tone: 'bad',
    title: `LOST: ${drill}`,
    lines: [
      `The run ${run.id}, which began at ${minuteText(run.startedAt)}, was killed and has no report. Nothing is known of the backup.`,
      `It does not run again before it is due. Run it by hand. This was found on ${host}.`,
    ],
    at: at.toISOString(),
    host,
    exitStatus: NO_ANSWER,
    log: [],
    details: { run: run.id, startedAt: run.startedAt },
  };
}

/** A run that has begun, for whoever waits for its end. */
export function begunMessage({ id, drill, at, host }: AboutRefused): Message {
  const told = { id, about: 'begun', drill, state: 'begun', tone: 'good', title: `BEGUN: ${drill}` } as const;
  return { ...told, lines: [], at: at.toISOString(), host, exitStatus: 0, log: [], details: {} };
}

/** What `drill notify test` sends. */
export function testMessage({ id, drill, at, host }: AboutRefused): Message {
  return {
    id,
    about: 'test',
    drill,
    state: 'test',
    tone: 'good',
    title: `TEST: notifications of ${drill}`,
    lines: [`pgdrill on ${host} can reach this channel. No drill was run.`],
    at: at.toISOString(),
    host,
    exitStatus: 0,
    log: [],
    details: {},
  };
}
