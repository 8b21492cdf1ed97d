import type { TimelineSpan } from '../../pgbackrest/wal-path.ts';
import type { RecoveryTarget } from '../../targets/index.ts';
import type { TimelineChoice } from '../../targets/timeline.ts';
import { quoteConf } from '../../postgres/conf-file.ts';
import { kindOf } from '../../targets/index.ts';
import type { Setting } from '../../targets/kind.ts';
import { followSetting } from '../../targets/words.ts';

/**
 * The postgresql.auto.conf of a copy: the recovery target alone. pgBackRest's restore writes it without quoting (2.45:
 * `recovery_target_name = 'it's'`), after production's ALTER SYSTEM settings, among which may be commands and paths.
 */
export function recoverySettings(target: RecoveryTarget, timeline: TimelineChoice): string {
  return autoConf(kindOf(target).recoverySettings(timeline));
}

/** That of a cluster that was shut down when it was backed up: it has nothing to recover to. */
export function offlineSettings(): string {
  return autoConf([followSetting('latest')]);
}

/**
 * That of a recovery that is held at a gate: only the timeline on which it ends. A standby that follows the latest goes over to
 * one that is there before its gate. Timeline 1 has no history file, and that of the backup may be gone: it is `current`.
 */
export function gatedSettings(spans: readonly TimelineSpan[]): string {
  const last = spans.length > 1 ? spans.at(-1)?.timeline : undefined;
  return autoConf([followSetting(last ?? 'current')]);
}

function autoConf(ofTarget: readonly Setting[]): string {
  const settings: readonly Setting[] = [['archive_mode', 'off'], ...ofTarget];
  const lines = settings.map(([name, value]) => `${name} = ${quoteConf(value)}\n`);
  return `# pgdrill: the recovery target, and nothing of production\n${lines.join('')}`;
}
