import type { CommandEntry } from './command.ts';

const DRILLS = 'Drills:';
const RESULTS = 'Results:';
const MACHINE = 'This machine:';

/** All commands, in the order in which the help of the program lists them. To add one is to add a file and an entry. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    group: DRILLS,
    says: 'run drills and write their reports',
    load: () => import('./run.ts'),
  },
  {
    name: 'plan',
    group: DRILLS,
    says: 'say what a run would do, restoring nothing',
    load: () => import('./plan.ts'),
  },
  {
    name: 'shell',
    group: DRILLS,
    says: 'psql on a recovered copy, which is gone afterwards',
    load: () => import('./shell.ts'),
  },
  {
    name: 'bisect',
    group: DRILLS,
    says: 'find the transaction that made a query false, and how to recover to right before it',
    load: () => import('./bisect.ts'),
  },
  {
    name: 'table',
    group: DRILLS,
    says: 'take tables out of a recovered copy: a dump that was tried, or the rows in a schema of their own',
    load: () => import('./table.ts'),
  },
  {
    name: 'diff',
    group: DRILLS,
    says: 'which rows of a table changed between two moments',
    load: () => import('./diff.ts'),
  },
  {
    name: 'check',
    group: DRILLS,
    says: 'look at the repositories without restoring: ages, WAL, promises; for monitors',
    load: () => import('./check.ts'),
  },
  {
    name: 'windows',
    group: DRILLS,
    says: 'show the stretches of time that can be recovered to, and what lies between',
    load: () => import('./windows.ts'),
  },
  {
    name: 'validate',
    group: DRILLS,
    says: 'check plans; every problem with file, line and column',
    load: () => import('./validate.ts'),
  },
  {
    name: 'init',
    group: DRILLS,
    says: "write a commented plan for each stanza of pgBackRest's configuration into drills/",
    load: () => import('./init.ts'),
  },
  {
    name: 'demo',
    group: DRILLS,
    says: 'make a small production cluster with an encrypted repository, and drill its backups',
    load: () => import('./demo.ts'),
  },
  {
    name: 'self-test',
    group: DRILLS,
    says: 'make faults, and require that drills fail of each: whether a report can be relied on',
    load: () => import('./self-test.ts'),
  },
  {
    name: 'tune',
    group: DRILLS,
    says: 'drill the same backup under settings that matter, and say which make recovery faster',
    load: () => import('./tune.ts'),
  },
  {
    name: 'schedule',
    group: DRILLS,
    says: 'have drills run by themselves: systemd, cron or Kubernetes asks, and pgdrill decides',
    load: () => import('./schedule.ts'),
  },
  {
    name: 'overdue',
    group: RESULTS,
    says: 'which drills should have run and did not, or keep failing; for monitors',
    load: () => import('./overdue.ts'),
  },
  {
    name: 'metrics',
    group: RESULTS,
    says: 'print drills in numbers for Prometheus, or write them for node_exporter',
    load: () => import('./metrics.ts'),
  },
  {
    name: 'history',
    group: RESULTS,
    says: 'past runs, and how their times go',
    load: () => import('./history.ts'),
  },
  {
    name: 'report',
    group: RESULTS,
    says: 'print the report of a run again, in any format',
    load: () => import('./report.ts'),
  },
  {
    name: 'forecast',
    group: RESULTS,
    says: 'how long recovery would take at another size, and when an objective breaks',
    load: () => import('./forecast.ts'),
  },
  {
    name: 'runbook',
    group: RESULTS,
    says: 'the way out of a disaster, of the commands that drills have proven',
    load: () => import('./runbook.ts'),
  },
  {
    name: 'recover-script',
    group: RESULTS,
    says: 'print a recovery in earnest as commands, with WAL fetched ahead of the replay',
    load: () => import('./recover-script.ts'),
  },
  {
    name: 'site',
    group: RESULTS,
    says: 'make a static site of all runs: a scorecard, and how times and sizes go',
    load: () => import('./site.ts'),
  },
  {
    name: 'evidence',
    group: RESULTS,
    says: 'keys, signatures, and whether anything on record was changed',
    load: () => import('./evidence.ts'),
  },
  {
    name: 'fleet',
    group: RESULTS,
    says: 'one record of the drills of many machines, in a PostgreSQL of yours',
    load: () => import('./fleet.ts'),
  },
  {
    name: 'notify',
    group: MACHINE,
    says: 'try the channels that people are told by, and send what did not get through',
    load: () => import('./notify.ts'),
  },
  {
    name: 'doctor',
    group: MACHINE,
    says: 'say what this machine lacks for drills, and how to install it',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'sweep',
    group: MACHINE,
    says: 'remove what killed runs left behind, and nothing that pgdrill did not make',
    load: () => import('./sweep.ts'),
  },
  {
    name: 'image',
    group: MACHINE,
    says: 'the images that drills in containers run in',
    load: () => import('./image.ts'),
  },
  {
    name: 'completion',
    group: MACHINE,
    says: 'print a script that completes commands and options in your shell',
    load: () => import('./completion.ts'),
    needsAll: true,
  },
];
