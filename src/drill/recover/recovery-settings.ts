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

function autoConf(ofTarget: readonly Setting[]): string {
  const settings: readonly Setting[] = [['archive_mode', 'off'], ...ofTarget];
  const lines = settings.map(([name, value]) => `${name} = ${quoteConf(value)}\n`);
  return `# pgdrill: the recovery target, and nothing of production\n${lines.join('')}`;
}
