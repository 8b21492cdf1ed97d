import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  crontabOfMachine,
  crontabOfUser,
  installedBlocks,
  stepsToPut,
  stepsToTake,
  type Crontab,
} from './install/cron.ts';
import type { Installed } from './install/installed.ts';
import { together, type Steps } from './install/steps.ts';
import { installedUnits, stepsToInstall, stepsToRemove, unitManager, type UnitManager } from './install/systemd.ts';
import { notWritable } from './install/writable.ts';
import type { Schedule } from './schedule.ts';
import { askingTimes, cronBlock, cronProblem } from './timers/cron.ts';
import { kubernetesManifests, type KubernetesPlace } from './timers/kubernetes.ts';
import { calendarLines, systemdUnits } from './timers/systemd.ts';
import type { Starting, TimedDrill } from './timers/timed-drill.ts';

/** Whose timers are meant: those of the machine, or those of the user with this environment and home directory. */
export interface Owner {
  readonly isOfMachine: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
}

/** Drills that are to start by themselves, and how. */
export interface Order {
  readonly drills: readonly TimedDrill[];
  readonly starting: Starting;
  readonly owner: Owner;
  readonly kubernetes: KubernetesPlace;
}

/** The schedule of a drill by now; null: that is not known here. */
export type ScheduleOf = (drill: string) => Schedule | null;

/** Whatever starts drills by themselves. All of them only ask: pgdrill decides whether a drill is due. */
interface Scheduler {
  /** Why it cannot start a drill, in words. */
  problems(drill: TimedDrill, order: Order): string[];
  /** The texts that it reads: what is written when they are installed, and where. */
  text(order: Order): string;
  /** What sets it up on this machine; null: nothing here does. */
  install: ((order: Order) => Promise<Steps>) | null;
}

/** Whatever starts drills on this machine. */
interface SchedulerHere extends Scheduler {
  install(order: Order): Promise<Steps>;
  remove(drills: readonly string[], owner: Owner): Promise<Steps>;
  /** The drills that it starts. */
  installed(scheduleOf: ScheduleOf, owner: Owner): Promise<Installed[]>;
}

const ZONES = '/usr/share/zoneinfo';

const managerOf = ({ isOfMachine, env, home }: Owner): UnitManager => unitManager(isOfMachine, env, home);

/** systemd starts no unit of the machine that is to write to a directory that is not there. */
function missingDirectories(drills: readonly TimedDrill[], { isOfMachine }: Owner): string[] {
  if (!isOfMachine) return [];
  const missing = drills.flatMap(({ name, writes }) =>
    writes.filter((path) => !existsSync(path)).map((path) => ({ name, path })),
  );
  return missing.map(
    ({ name, path }) =>
      `${name}: ${path} is not there; run the drill once, as the user who is to run it, which makes it`,
  );
}

/** Where another user is to run the drills than whoever sets them up, who may have made the directories. */
async function closedTo({ drills, starting, owner }: Pick<Order, 'drills' | 'starting' | 'owner'>): Promise<string[]> {
  const { user } = starting;
  return user === null || user === 'root' ? [] : notWritable(drills, user, owner.env);
}

const systemd: SchedulerHere = {
  problems: ({ schedule: { timezone } }) =>
    timezone !== null && existsSync(ZONES) && !existsSync(join(ZONES, timezone))
      ? [`systemd knows no time zone ${timezone} here: install tzdata-legacy, or write its newer name`]
      : [],
  text: ({ drills, starting, owner }) =>
    drills
      .flatMap((drill) => systemdUnits(drill, starting))
      .map(({ name, text }) => `# ${join(managerOf(owner).directory, name)}\n${text}`)
      .join('\n'),
  install: async (order) => {
    const { drills, starting, owner } = order;
    const units = drills.map((drill) =>
      stepsToInstall(systemdUnits(drill, starting), drill.planFile, managerOf(owner)),
    );
    const { steps, problems } = together(units);
    return { steps, problems: [...missingDirectories(drills, owner), ...(await closedTo(order)), ...problems] };
  },
  remove: (drills, owner) => Promise.resolve(together(drills.map((drill) => stepsToRemove(drill, managerOf(owner))))),
  installed: (scheduleOf, owner) => {
    const linesOf = (drill: string): readonly string[] | null => {
      const schedule = scheduleOf(drill);
      return schedule && calendarLines(schedule);
    };
    return Promise.resolve(installedUnits(managerOf(owner), linesOf));
  },
};

function crontabOf({ isOfMachine, env }: Owner): Promise<Crontab | null> {
  return isOfMachine ? Promise.resolve(crontabOfMachine()) : crontabOfUser(env);
}

const NO_CRON: Steps = { steps: [], problems: ['there is no crontab here: install cron'] };

const cron: SchedulerHere = {
  problems: (drill, { starting }) => [cronProblem(drill, starting)].filter((problem) => problem !== null),
  text: ({ drills, starting, owner }) =>
    `# ${owner.isOfMachine ? '/etc/cron.d/pgdrill' : 'the crontab'}\n${drills.map((drill) => cronBlock(drill, starting)).join('')}`,
  install: async ({ drills, starting, owner }) => {
    const crontab = await crontabOf(owner);
    const blocks = drills.map((drill) => ({
      drill: drill.name,
      planFile: drill.planFile,
      text: cronBlock(drill, starting),
    }));
    if (crontab === null) return NO_CRON;
    const { steps, problems } = stepsToPut(blocks, crontab);
    return { steps, problems: [...(await closedTo({ drills, starting, owner })), ...problems] };
  },
  remove: async (drills, owner) => {
    const crontab = await crontabOf(owner);
    return crontab === null ? { steps: [], problems: [] } : stepsToTake(drills, crontab);
  },
  installed: async (scheduleOf, owner) => {
    const crontab = await crontabOf(owner);
    const timesOf = (drill: string): string | null => {
      const schedule = scheduleOf(drill);
      return schedule && askingTimes(schedule);
    };
    return crontab === null ? [] : installedBlocks(crontab, timesOf);
  },
};

const kubernetes: Scheduler = {
  problems: ({ needsEngine, planFile }) => [
    ...(needsEngine
      ? ['its sandbox needs a container engine, and a pod has none: leave "sandbox" out of the plan there']
      : []),
    ...(/^[-._A-Za-z0-9]+$/.test(basename(planFile))
      ? []
      : [`a ConfigMap takes no file of the name ${basename(planFile)}: letters, digits, dots, dashes, underscores`]),
  ],
  text: ({ drills, kubernetes: place }) => {
    const plans = drills.map(({ planFile }) => planFile);
    return drills.map((drill) => kubernetesManifests(drill, place, plans)).join('---\n');
  },
  install: null,
};

/** All of them, by the word for them. */
export const SCHEDULERS = { systemd, cron, kubernetes } as const satisfies Record<string, Scheduler>;

/** Those of a machine. */
export const SCHEDULERS_HERE = [systemd, cron] as const;

export type SchedulerName = keyof typeof SCHEDULERS;

/** What starts drills on this machine when nothing else is said. */
export function usualScheduler(): 'systemd' | 'cron' {
  return existsSync('/run/systemd/system') ? 'systemd' : 'cron';
}
