import { Option, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { SCHEDULERS, type SchedulerName } from '../../schedule/schedulers.ts';

export const NAMES = Object.keys(SCHEDULERS) as [SchedulerName, ...SchedulerName[]];

/** Those that a program here can set up. */
export const HERE = NAMES.filter((name) => SCHEDULERS[name].install !== null);

/** What is said of drills that are to start by themselves. */
export interface ScheduleOptions {
  readonly with?: SchedulerName | undefined;
  readonly userName?: string | undefined;
  readonly delay?: string | undefined;
  readonly reports?: string | undefined;
  readonly metrics?: string | undefined;
  readonly image?: string | undefined;
  readonly namespace?: string | undefined;
  readonly repositoryClaim?: string | undefined;
  readonly repositoryPath?: string | undefined;
  readonly uid?: string | undefined;
}

/** Options of both `print` and `install`. */
export function timerOptions(names: readonly SchedulerName[]): Option[] {
  return [
    new Option('--with <what>', 'what starts them; default: systemd where it runs, else cron').choices(names),
    new Option('--user-name <name>', 'for the machine: the user who runs the drills; default: root'),
    new Option('--delay <duration>', 'with systemd: begin up to so much later, at random').default('10m'),
    new Option('--reports <dir>', 'where reports are; default: as the plans say'),
    new Option('--metrics <file>', 'have each run write the metrics of all drills to this file'),
  ];
}

/** Options of `print` for a cluster. */
export function addKubernetesOptions(command: CommandUnknownOpts): void {
  command
    .optionsGroup('With kubernetes:')
    .option('--image <name>', 'the image of the program; default: pgdrill-program:17')
    .option('--namespace <name>', 'default: the one that kubectl is at')
    .option(
      '--repository-claim <name>',
      'the PersistentVolumeClaim with the repository; default: it is reached by network',
    )
    .option('--repository-path <dir>', 'where the repository is; default: /var/lib/pgbackrest')
    .option('--uid <n>', 'the user id of the drill, which owns the repository; default: 10001');
}
