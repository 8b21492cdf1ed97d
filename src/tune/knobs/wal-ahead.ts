import { aheadOptions } from '../../pgbackrest/wal-ahead.ts';
import type { Knob } from '../knob.ts';

/**
 * WAL is fetched while what came before is replayed, and not only when PostgreSQL asks for it. pgBackRest's own `archive-async` gives
 * a part of what the drill's way gives; `drill recover-script` prints that as commands.
 */
export const walAhead: Knob = {
  ways: ({ isWalAhead }) =>
    isWalAhead
      ? []
      : [
          {
            id: 'WAL ahead',
            apply: (plan) => ({ ...plan, restore: { ...plan.restore, walFetch: 'ahead' } }),
            lines: aheadOptions(new Map())
              // Only what asks again by itself, as the drill does, can do without.
              .filter(([name]) => name !== 'job-retry')
              .map(([name, value]) => ({
                file: 'pgbackrest.conf',
                section: 'global:archive-get',
                line: `${name}=${value}`,
              })),
          },
        ],
};
