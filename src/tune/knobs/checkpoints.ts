import { parseBytes } from '../../core/bytes.ts';
import { settingsWay, type Knob } from '../knob.ts';

const WANTED = '16GB';

/**
 * Restartpoints during recovery write what will be changed again. A large max_wal_size and a long checkpoint_timeout put them off; if
 * the recovery is broken off it begins further back.
 */
export const checkpoints: Knob = {
  ways: ({ setting }) => {
    const now = parseBytes(setting('max_wal_size') ?? '1GB') ?? 0;
    return now >= (parseBytes(WANTED) ?? 0) ? [] : [settingsWay({ max_wal_size: WANTED, checkpoint_timeout: '1h' })];
  },
};
