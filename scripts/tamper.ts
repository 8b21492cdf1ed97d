import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { tamperings } from '../test/fixtures/tamper.ts';
import { tamperedReports } from '../test/fixtures/tampered-reports.ts';

/**
 * `npm run tamper -- --count 5000 --seed 7`: changes one thing after the other in a signed directory of reports (bytes, lines,
 * files, runs, signatures) and says which change verification has not seen, or has not named rightly.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '200' },
  },
});

const made = await tamperedReports(Number(values.runs));
let done = 0;
let missed = 0;
for await (const one of tamperings(made, Number(values.count), Number(values.seed))) {
  done += 1;
  if (one === null) continue;
  missed += 1;
  process.stdout.write(`not seen, or not named rightly: ${one.did}\n${one.said.map((line) => `  ${line}\n`).join('')}`);
}
rmSync(made.reports, { recursive: true, force: true });
process.stdout.write(
  `${done} changes of ${values.runs} signed runs (seed ${values.seed}): ${done - missed} seen and named\n`,
);
process.exitCode = missed === 0 ? 0 : 1;
