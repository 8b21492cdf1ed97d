import { FAULT_AREAS, isFalseAlarm, isFalsePass, statusesOf, type Fault } from '../../test/faults/fault.ts';
import { FAULTS } from '../../test/faults/table.ts';
import { markdownTable } from './markdown-table.ts';

const OWNERS = ['backup', 'machine', 'person', 'nobody', 'drill'] as const;

const count = (holds: (fault: Fault) => boolean): string => String(FAULTS.filter(holds).length);

/** How many rows there are, where they are run, and how many end as they must not. */
export function faultSummary(): string {
  const byArea = Object.entries(FAULT_AREAS).map(([area, title]) => [
    title,
    ...OWNERS.map((owner) => count((fault) => fault.area === area && fault.of === owner)),
    count((fault) => fault.area === area),
  ]);
  const total = ['all', ...OWNERS.map((owner) => count(({ of }) => of === owner)), count(() => true)];
  const never = [
    ['verdict `passed`, and the fault is one of the backup or of pgdrill', count(isFalsePass)],
    ['verdict `failed`, and nothing is wrong with the backup', count(isFalseAlarm)],
    ['run by `npm test`', count(({ long }) => !long)],
    ['run by `npm run test:faults` alone', count(({ long }) => long)],
  ];
  const areas = markdownTable(['Area', ...OWNERS, 'all'], [...byArea, total]);
  return `${markdownTable(['Rows', 'How many'], never)}\n${areas}`;
}

/** All rows, a table for each area. */
export function faultTables(): string {
  return Object.entries(FAULT_AREAS)
    .map(([area, title]) => `## ${title}\n\n${tableOf(FAULTS.filter((fault) => fault.area === area))}`)
    .join('\n');
}

function tableOf(faults: readonly Fault[]): string {
  const rows = faults.map((fault) => [
    fault.id,
    fault.why === null ? fault.input : `${fault.input} (${fault.why})`,
    fault.of,
    fault.ending,
    fault.code === null ? '' : `\`${fault.code}\``,
    statusesOf(fault)
      .map((status) => status ?? 'none')
      .join(', '),
    fault.long ? '`test:faults`' : '`npm test`',
  ]);
  return markdownTable(['Row', 'Fault', 'Of', 'Ends', 'Code', 'Exit status', 'Run by'], rows);
}
