import { rmSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { blowsTo, postmaster, session, stub, titled, type Which } from '../fixtures/blows.ts';
import { HELD } from '../fixtures/held-check.ts';
import { makePrepared, type Prepared } from '../fixtures/prepared.ts';
import { trial } from '../trials/trial.ts';

let prepared: Prepared;
const blow = blowsTo(() => prepared);

beforeAll(async () => {
  prepared = await makePrepared();
});
afterAll(() => rmSync(prepared.root, { recursive: true, force: true }));

trial('P1', blow('info', 'SIGKILL', stub('info')));
trial('P2', blow('restore', 'SIGKILL', stub('restore')));
trial('P3', blow('restore', 'SIGTERM', stub('restore')));
trial('P4', blow('archive-get', 'SIGKILL', stub('archive-get')));
trial('P5', blow('archive-get', 'SIGTERM', stub('archive-get')));
trial('P6', blow('archive-get', 'SIGKILL', postmaster));
trial('P7', blow('archive-get', 'SIGTERM', postmaster));
trial('P8', blow('archive-get', 'SIGKILL', titled('startup')));
trial('P9', blow('archive-get', 'SIGKILL', titled('checkpointer')));
trial('P10', blow(null, 'SIGKILL', postmaster));
trial('P11', blow(null, 'SIGINT', postmaster));
trial('P12', blow(null, 'SIGKILL', session));
trial('P13', blow(null, 'SIGTERM', session));
trial('P14', blow(null, 'SIGKILL', titled('checkpointer')));
trial('P27', blow('accepting', 'SIGKILL', titled('checkpointer')));
trial(
  'P28',
  blow(null, 'SIGKILL', titled('checkpointer'), {
    plan: { checks: [{ name: 'held', command: ['psql', '-c', HELD] }] },
  }),
);

const sleeps: Which = ({ argv }) => argv[0] === 'sleep' && argv[1] === '86398';
trial('P15', blow(null, 'SIGKILL', sleeps, { plan: { checks: [{ name: 'held', command: ['sleep', '86398'] }] } }));
trial(
  'P16',
  blow(null, 'SIGKILL', ({ argv }) => argv[0]?.endsWith('bwrap') === true && argv.includes('-D')),
);
trial('P19', blow('info', 'SIGTERM', 'pgdrill'));
trial('P20', blow('restore', 'SIGINT', 'pgdrill'));
trial('P21', blow('archive-get', 'SIGTERM', 'pgdrill'));
trial('P22', blow(null, 'SIGHUP', 'pgdrill'));
