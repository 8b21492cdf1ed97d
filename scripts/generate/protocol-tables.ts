import {
  DEADLINES,
  FROM_SUPERVISOR_FRAMES,
  LIMITS,
  TO_SUPERVISOR_FRAMES,
} from '../../src/sandbox/ssh/supervisor/protocol.ts';
import { markdownTable } from './markdown-table.ts';

type Kinds = Readonly<Record<string, { readonly number: number; readonly payload: string; readonly means: string }>>;

/** All frames, limits and deadlines of the supervisor's protocol. */
export function protocolTables(): string {
  return [
    `### From pgdrill to the supervisor\n\n${frameTable(TO_SUPERVISOR_FRAMES)}`,
    `### From the supervisor to pgdrill\n\n${frameTable(FROM_SUPERVISOR_FRAMES)}`,
    `### Limits\n\n${markdownTable(
      ['At most', 'Of'],
      Object.values(LIMITS).map(({ value, means }) => [amount(value), means]),
    )}`,
    `### Deadlines\n\n${markdownTable(
      ['At most', 'For'],
      Object.values(DEADLINES).map(({ value, means }) => [`${value / 1000} s`, means]),
    )}`,
  ].join('\n');
}

function frameTable(kinds: Kinds): string {
  return markdownTable(
    ['Type', 'Name', 'Payload', 'Says'],
    Object.entries(kinds).map(([name, { number, payload, means }]) => [String(number), name, payload, means]),
  );
}

function amount(value: number): string {
  if (value >= 1024 ** 2) return `${value / 1024 ** 2} MiB`;
  return value >= 1024 ? `${value / 1024} KiB` : String(value);
}
