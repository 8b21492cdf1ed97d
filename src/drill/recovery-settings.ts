import { formatForPostgres } from '../core/instant.ts';
import type { RecoveryTarget } from '../plan/drill-plan.ts';
import type { TimelineChoice } from '../plan/schema.ts';
import { quoteConf } from '../postgres/conf-file.ts';
import { formatLsn } from '../postgres/lsn.ts';
import { walXid } from '../postgres/xid.ts';

/**
 * The postgresql.auto.conf of a copy: the recovery target alone. pgBackRest's restore writes it without quoting (2.45:
 * `recovery_target_name = 'it's'`), after production's ALTER SYSTEM settings, among which may be commands and paths.
 */
export function recoverySettings(target: RecoveryTarget, timeline: TimelineChoice): string {
  const settings: readonly (readonly [string, string])[] = [
    ['archive_mode', 'off'],
    ...targetSettings(target),
    ...timelineSettings(target, timeline),
  ];
  const lines = settings.map(([name, value]) => `${name} = ${quoteConf(value)}\n`);
  return `# pgdrill: the recovery target, and nothing of production\n${lines.join('')}`;
}

function targetSettings(target: RecoveryTarget): (readonly [string, string])[] {
  const promote = ['recovery_target_action', 'promote'] as const;
  switch (target.type) {
    case 'latest':
    case 'standby':
      return [];
    case 'immediate':
      return [['recovery_target', 'immediate'], promote];
    case 'time':
      return [['recovery_target_time', formatForPostgres(target.instant)], promote];
    case 'lsn':
      return [['recovery_target_lsn', formatLsn(target.lsn)], promote];
    case 'xid':
      return [['recovery_target_xid', walXid(target.xid)], promote];
    case 'name':
      return [['recovery_target_name', target.name], promote];
  }
}

/** For an immediate stop only the backup's own timeline leads there (as pgBackRest has it since 2.40). */
function timelineSettings(target: RecoveryTarget, timeline: TimelineChoice): (readonly [string, string])[] {
  if (target.type === 'immediate') return [['recovery_target_timeline', 'current']];
  return [['recovery_target_timeline', String(timeline)]];
}
