import { copyFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { processesOf } from '../../src/sandbox/processes.ts';
import { segmentFile, startDrill, writePlan, type DrillRun } from '../fixtures/drill.ts';
import { HELD, letGo } from '../fixtures/held-check.ts';
import { scramble } from '../fixtures/harm.ts';
import { ALL_THERE, makePrepared, placeOf, type Prepared, type PreparedPlace } from '../fixtures/prepared.ts';
import { until, untilVerifying } from '../fixtures/until.ts';
import { withHeld, withStandIn, onCommand } from '../fixtures/stand-in.ts';
import { trial } from '../trials/trial.ts';

let prepared: Prepared;

beforeAll(async () => {
  prepared = await makePrepared();
});
afterAll(() => rmSync(prepared.root, { recursive: true, force: true }));

/** Runs until its deadline, which comes long before what it waits for. */
function untilDeadline(by: (place: PreparedPlace) => readonly string[], words: readonly string[] = []) {
  return (): Promise<DrillRun> => {
    const place = placeOf(prepared);
    const plan = writePlan(place, 'late', { deadline: '6s' });
    return startDrill(place, [plan, ...words], {}, by(place)).finished;
  };
}

trial(
  'Y1',
  untilDeadline((place) => withHeld(place, 'info')),
);
trial(
  'Y2',
  untilDeadline((place) => withHeld(place, 'restore')),
);
trial(
  'Y3',
  untilDeadline((place) => withHeld(place, 'archive-get')),
);
trial(
  'Y4',
  untilDeadline(() => [], ['--check-sql', HELD]),
);

/** Something is done to the repository, by root or whoever runs the tests, as soon as pgBackRest is to restore. */
function whenRestoring(harm: (place: PreparedPlace) => void, words: readonly string[] = []) {
  return async (): Promise<DrillRun> => {
    const place = placeOf(prepared);
    const go = join(place.root, 'go');
    const by = withStandIn(
      place,
      onCommand('restore', `until [ -e ${go} ] || [ -e /usr/src/go ]; do sleep 0.05; done`),
    );
    // What this changes in the repository is no deed of the drill.
    const run = startDrill({ ...place, repo: `${place.repo}-as-it-was` }, words, {}, by);
    await until('pgBackRest is to restore', () =>
      processesOf(place.scratch).some(({ argv }) => argv.includes('restore')),
    );
    harm(place);
    // The fence shows the stand-in this directory, and not the one of the test.
    writeFileSync(join(place.root, 'real/go'), '');
    return run.finished;
  };
}

const middle = ({ repo }: PreparedPlace): string => segmentFile(repo, prepared.tail[1] ?? '');

trial(
  'Y5',
  whenRestoring((place) => rmSync(middle(place))),
);
trial(
  'Y6',
  whenRestoring((place) => scramble(middle(place))),
);
trial(
  'Y7',
  whenRestoring((place) => {
    const last = segmentFile(place.repo, prepared.tail.at(-1) ?? '');
    copyFileSync(
      last,
      last.replace(/([0-9A-F]{24})-/, (name) => name.replace(/..-$/, '7F-')),
    );
  }, ALL_THERE),
);
trial('Y8', async () => {
  const place = placeOf(prepared);
  const run = startDrill(place, ['--check-sql', HELD, ...ALL_THERE]);
  await untilVerifying(place);
  renameSync(place.repo, `${place.repo}-gone`);
  letGo(place);
  return run.finished;
});
trial(
  'Y9',
  whenRestoring((place) => rmSync(join(place.repo, 'archive'), { recursive: true })),
);
