import { rmSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { anyServer, blowsTo, stub } from '../fixtures/blows.ts';
import { makePrepared, type Prepared } from '../fixtures/prepared.ts';
import { trial } from '../trials/trial.ts';

let prepared: Prepared;
const blow = blowsTo(() => prepared);

beforeAll(async () => {
  prepared = await makePrepared();
});
afterAll(() => rmSync(prepared.root, { recursive: true, force: true }));

trial('P17', blow(null, 'SIGSTOP', anyServer, { deadline: '15s' }));
trial('P18', blow('restore', 'SIGSTOP', stub('restore'), { deadline: '10s' }));
trial('P23', blow('info', 'SIGKILL', 'pgdrill'));
trial('P24', blow('restore', 'SIGKILL', 'pgdrill'));
trial('P25', blow('archive-get', 'SIGKILL', 'pgdrill'));
trial('P26', blow(null, 'SIGKILL', 'pgdrill'));
