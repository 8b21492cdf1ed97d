import type { Knob, Way } from '../knob.ts';

/** More processes than processors are of use where they wait for a network. */
const PER_PROCESSOR_REMOTE = 4;

/** How many processes pgBackRest restores with. Its default, 1, "is almost never the appropriate value" (user guide). */
export const processMax: Knob = {
  ways: ({ cpus, processMax: now, isRemote }) =>
    [...new Set([cpus, ...(isRemote ? [cpus * PER_PROCESSOR_REMOTE] : [])])]
      .filter((count) => count > now && count <= MOST)
      .map(wayOf),
};

/** Of pgBackRest. */
const MOST = 999;

function wayOf(count: number): Way {
  return {
    id: `process-max=${count}`,
    apply: (plan) => ({ ...plan, source: { ...plan.source, processMax: count } }),
    lines: [{ file: 'pgbackrest.conf', section: 'global:restore', line: `process-max=${count}` }],
  };
}
