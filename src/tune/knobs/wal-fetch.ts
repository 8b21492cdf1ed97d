import { ARCHIVE_GET_AHEAD } from '../../pgbackrest/wal-ahead.ts';
import { configWay, type Knob, type Way } from '../knob.ts';

/** By pgBackRest alone: the restore_command stays as it is. */
const asynchronous: Way = configWay('archive-async=y', 'global:archive-get', ARCHIVE_GET_AHEAD);

/** By a restore_command that takes what was fetched ahead out of the queue itself. */
const ahead: Way = {
  id: 'WAL ahead',
  apply: (plan) => ({ ...plan, restore: { ...plan.restore, walFetch: 'ahead' } }),
  lines: [{ file: 'recovery', section: null, line: 'drill recover-script PLAN' }],
};

/** WAL is fetched while what came before is replayed, and not only when PostgreSQL asks for it. */
export const walFetch: Knob = {
  ways: ({ isWalAhead, setting }) => {
    if (isWalAhead) return [];
    return setting('archive-async') === 'y' ? [ahead] : [asynchronous, ahead];
  },
};
