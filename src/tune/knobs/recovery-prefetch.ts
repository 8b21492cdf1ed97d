import { settingsWay, type Knob } from '../knob.ts';

/** PostgreSQL 15 brought it, with `try` as its default: on where the system can. */
const SINCE = 15;

/** Pages are read before the replay comes to them. */
export const recoveryPrefetch: Knob = {
  ways: ({ major, setting }) =>
    major >= SINCE && setting('recovery_prefetch') === 'off' ? [settingsWay({ recovery_prefetch: 'on' })] : [],
};
