import { asDrillError, messageOf } from '../core/errors.ts';
import { LocalHost } from '../host/local-host.ts';
import type { RunUser } from '../host/run-user.ts';

/** One thing that a drill needs of this machine. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it; only when it is not there. */
  readonly fix: string | null;
}

/** What any drill needs, wherever it happens, as this machine has it; each kind of sandbox takes what bears on it. */
export interface ThisMachine {
  readonly env: NodeJS.ProcessEnv;
  /** Where backups are to be restored; undefined: the usual directory. */
  readonly scratch: string | undefined;
  /** Who would restore and recover here. */
  readonly user: RunUser;
  readonly runtime: Finding;
  readonly whoRuns: Finding;
  readonly configuration: Finding;
  /** One for each stanza. */
  readonly backups: Promise<readonly Finding[]>;
  pgbackrest(): Promise<Finding>;
  postgres(): Promise<Finding>;
}

export const found = (what: string, detail: string): Finding => ({ what, ok: true, detail, fix: null });
export const lacking = (what: string, detail: string, fix: string): Finding => ({ what, ok: false, detail, fix });

/** Makes a finding of whatever a look throws. */
export async function look(what: string, fix: string, ask: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    return lacking(what, messageOf(error), asDrillError(error)?.hint ?? fix);
  }
}

/** This machine for a user, not fenced off. */
export const thisHost = (user: RunUser): LocalHost => new LocalHost({ user, fence: null, env: {} });
