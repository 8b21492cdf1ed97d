import type { DrillReport } from '../report.ts';
import type { Inline, Section, Words } from './blocks.ts';
import { aheadNeeds } from './wal-fetch.ts';
import { codeOr, sentence } from './words.ts';

type Setting = DrillReport['sandbox']['settings'][number];

/** What PostgreSQL has where a configuration says nothing, of the settings that every drill sets. */
const POSTGRES_DEFAULTS: Readonly<Record<string, string>> = { fsync: 'on', full_page_writes: 'on' };

/** In what this run differs from a recovery of production itself; no section where it does not. */
export function describeDeviations(report: DrillReport): Section[] {
  const found = [
    ...confinement(report),
    ...start(report),
    ...aheadNeeds(report),
    ...configuration(report),
    ...report.sandbox.settings.filter(differs).map(describeSetting),
  ];
  return found.length === 0
    ? []
    : [{ title: 'Deviations from a real recovery', blocks: [{ kind: 'list', items: found }] }];
}

function differs({ name, production, drill }: Setting): boolean {
  return (production ?? POSTGRES_DEFAULTS[name] ?? null) !== drill;
}

function describeSetting({ name, production, drill, why }: Setting): Words {
  return [
    'Setting ',
    { code: name },
    ': production ',
    productionValue(production),
    ', drill ',
    codeOr(drill, 'empty'),
    ` (${why}).`,
  ];
}

function productionValue(value: string | null): Inline {
  return value === null ? 'does not state it in the backup' : codeOr(value, 'empty');
}

const NETWORK = {
  none: [],
  repository: ['The copy could reach the repository by network until it was recovered, and nothing else.'],
  open: ['The copy was not cut off from the network.'],
} as const;

function confinement({ sandbox, source }: DrillReport): Words[] {
  const { isolation } = sandbox;
  if (!isolation) return [];
  return [
    ...(source.repo?.writable === true
      ? ['The drill could have written to the repository; read-only access would have done.']
      : []),
    ...(isolation.readOnlyFileSystem
      ? []
      : ['Confinement was off: the file system around the copy was not read-only to it.']),
    ...NETWORK[isolation.network],
    ...(isolation.noPrivileges ? [] : ['The copy had capabilities of root.']),
  ];
}

function start({ restore, target }: DrillReport): Words[] {
  return [
    ...(restore?.start === 'delta'
      ? ['The restore started from files of an earlier run (delta): the time is not that of a total loss.']
      : []),
    ...(target.action === 'stay-standby' ? ['The copy stayed a standby: its promotion was not rehearsed.'] : []),
  ];
}

function configuration({ reasons }: DrillReport): Words[] {
  return reasons.filter(({ code }) => code === 'config-not-in-backup').map(({ message }) => sentence(message));
}

/** Every setting that bears on the result. */
export function describeSettings({ sandbox }: DrillReport): Section[] {
  if (sandbox.settings.length === 0) return [];
  const rows = sandbox.settings.map((setting) => [
    { code: setting.name },
    setting.production === null ? 'not stated' : codeOr(setting.production, 'empty'),
    codeOr(setting.drill, 'empty'),
    setting.why,
  ]);
  return [
    { title: 'Recorded settings', blocks: [{ kind: 'table', head: ['Setting', 'Production', 'Drill', 'Why'], rows }] },
  ];
}
