import type { IniEntry } from '../pgbackrest/ini.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { Known } from './known.ts';

/** A line of a configuration that makes the way of a drill the way of a recovery in earnest. */
interface ConfigLine {
  /** `recovery`: no configuration, but a command that prints the recovery. */
  readonly file: 'pgbackrest.conf' | 'postgresql.conf' | 'recovery';
  /** Of pgbackrest.conf; null: the file has none. */
  readonly section: string | null;
  readonly line: string;
}

/** A way to restore and recover other than as configured. */
export interface Way {
  /** Stable, and short enough for a table. */
  readonly id: string;
  /** The plan of a drill that goes this way. */
  readonly apply: (plan: DrillPlan) => DrillPlan;
  readonly lines: readonly ConfigLine[];
}

/** Something that changes how long a recovery takes, and that people can set. Of its ways at most one is taken. */
export interface Knob {
  /** The ways that are worth a try, by what is known of the drill as configured. None: there is nothing to win, or nothing known. */
  readonly ways: (known: Known) => readonly Way[];
}

/** A plan with other settings of PostgreSQL. Those that the plan has stay where they do not differ. */
function withSettings(plan: DrillPlan, settings: Readonly<Record<string, string>>): DrillPlan {
  return { ...plan, sandbox: { ...plan.sandbox, settings: { ...plan.sandbox.settings, ...settings } } };
}

/** A way of nothing but settings of PostgreSQL. */
export function settingsWay(settings: Readonly<Record<string, string>>): Way {
  const pairs = Object.entries(settings);
  return {
    id: pairs.map(([name, value]) => `${name}=${value}`).join(' '),
    apply: (plan) => withSettings(plan, settings),
    lines: pairs.map(([name, value]) => ({ file: 'postgresql.conf', section: null, line: `${name} = ${value}` })),
  };
}

/** A way of nothing but options of pgBackRest, as lines of one section. */
export function configWay(
  id: string,
  section: string,
  options: readonly (readonly [key: string, value: string])[],
): Way {
  const added: IniEntry[] = options.map(([key, value]) => ({ section, key, value }));
  return {
    id,
    apply: (plan) => ({ ...plan, source: { ...plan.source, added } }),
    lines: options.map(([key, value]) => ({ file: 'pgbackrest.conf', section, line: `${key}=${value}` })),
  };
}
