import { describe, expect, test } from 'vitest';
import type { SweepOptions, SweptRun } from '../../../src/sandbox/sandbox.ts';
import { sweepLeftover, type Leftover } from '../../../src/sandbox/sweeping.ts';

const LEFT: Omit<Leftover, 'remove'> = {
  runId: 'r1',
  drill: 'orders',
  path: '/srv/drills/r1',
  keeps: 'nothing',
  isAtWork: false,
  isAtRest: false,
  sweepWords: [],
};

/** What a sweep says of what was left, and what it removed. */
async function swept(
  left: Partial<Leftover>,
  options: Partial<SweepOptions> = {},
): Promise<{ action: SweptRun['action']; message: string | null; removed: string[] }> {
  const removed: string[] = [];
  const remove = (keeps: string): Promise<void> => Promise.resolve(void removed.push(keeps));
  const asked = { run: null, kept: false, dryRun: false, ...options };
  const { action, message } = await sweepLeftover({ ...LEFT, remove, ...left }, asked);
  return { action, message, removed };
}

const OF_INSTANCE = 'its instance was kept; end it with: drill sweep --run r1';
const OF_DATA = 'its data is kept for the next run';

describe('what a run has left', () => {
  test.each<[string, Partial<Leftover>, Partial<SweepOptions>, Awaited<ReturnType<typeof swept>>]>([
    ['is removed', {}, {}, { action: 'removed', message: null, removed: ['nothing'] }],
    ['is only told of in a dry run', {}, { dryRun: true }, { action: 'removed', message: null, removed: [] }],
    ['stays while the run goes on', { isAtWork: true }, {}, { action: 'running', message: null, removed: [] }],
    [
      'stays while the run goes on, even if it is asked for',
      { isAtWork: true, keeps: 'instance' },
      { run: 'r1', kept: true },
      { action: 'running', message: null, removed: [] },
    ],
    ['stays as an instance', { keeps: 'instance' }, {}, { action: 'kept', message: OF_INSTANCE, removed: [] }],
    [
      'stays as an instance, which is found where the words say',
      { keeps: 'instance', sweepWords: ['--scratch', '/srv/drills'] },
      {},
      {
        action: 'kept',
        message: 'its instance was kept; end it with: drill sweep --scratch /srv/drills --run r1',
        removed: [],
      },
    ],
    [
      'goes as an instance that is asked for',
      { keeps: 'instance' },
      { run: 'r1' },
      { action: 'removed', message: null, removed: ['nothing'] },
    ],
    [
      'goes but for its data when the run was killed',
      { keeps: 'data' },
      {},
      { action: 'kept', message: OF_DATA, removed: ['data'] },
    ],
    [
      'stays as data that nobody is at work on',
      { keeps: 'data', isAtRest: true },
      {},
      { action: 'kept', message: OF_DATA, removed: [] },
    ],
    [
      'stays as data in a dry run',
      { keeps: 'data' },
      { dryRun: true },
      { action: 'kept', message: OF_DATA, removed: [] },
    ],
    [
      'goes as data that is asked for',
      { keeps: 'data', isAtRest: true },
      { kept: true },
      { action: 'removed', message: null, removed: ['nothing'] },
    ],
  ])('%s', async (_, left, options, expected) => {
    expect(await swept(left, options)).toEqual(expected);
  });

  test('is told of when it cannot be removed', async () => {
    expect(await swept({ remove: () => Promise.reject(new Error('somebody is in it')) })).toEqual({
      action: 'failed',
      message: 'somebody is in it',
      removed: [],
    });
  });
});
