import type { TimelineChoice } from './timeline.ts';
import type { RecoveryKind, Setting } from './kind.ts';

export const PROMOTE_OPTION = '--target-action=promote';
export const PROMOTE_SETTING: Setting = ['recovery_target_action', 'promote'];

/** The timeline for pgBackRest, which follows the latest by itself. */
export function followOption(timeline: TimelineChoice): string[] {
  return timeline === 'latest' ? [] : [`--target-timeline=${timeline}`];
}

/** The timeline for PostgreSQL. */
export function followSetting(timeline: TimelineChoice): Setting {
  return ['recovery_target_timeline', String(timeline)];
}

/** A target that has a value: pgBackRest and PostgreSQL have the same word for its type. */
export function stopAt(type: string, value: string): Pick<RecoveryKind, 'restoreOptions' | 'recoverySettings'> {
  return {
    restoreOptions: (timeline) => [`--type=${type}`, `--target=${value}`, PROMOTE_OPTION, ...followOption(timeline)],
    recoverySettings: (timeline) => [[`recovery_target_${type}`, value], PROMOTE_SETTING, followSetting(timeline)],
  };
}
