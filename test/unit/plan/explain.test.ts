import { expect, test } from 'vitest';
import { problemsOf } from '../../fixtures/plans.ts';

const MINIMAL = 'name: orders\nsource: { stanza: main }\n';

test.each([
  ['target: { tme: x }', 'target.tme', 'is not known here; did you mean time?'],
  ['target: { time: "-15m", timelin: 2 }', 'target.timelin', 'is not known here; did you mean timeline?'],
  ['target: lastest', 'target', 'did you mean latest?'],
  ['target: {}', 'target', 'is one of immediate, latest, standby'],
  ['target: { time: "-15m", lsn: 0/3000148 }', 'target', 'is one of immediate, latest, standby'],
  ['target: { xid: many }', 'target.xid', '"many" is no transaction id; write a number from 3 on'],
  ['target: { xid: "2" }', 'target.xid', '"2" is no transaction id; write a number from 3 on'],
  ['target: { lsn: 0-3 }', 'target.lsn', '"0-3" is no LSN; write it as PostgreSQL does: 0/3000148'],
  ['target: { time: "-15m", timeline: newest }', 'target.timeline', 'is latest, current or the number of a timeline'],
  ['target: { random: { withn: 7d } }', 'target.random.withn', 'is not known here; did you mean within?'],
  ['checks: [{ name: a, sqll: select 1 }]', 'checks[0].sqll', 'is not known here; did you mean sql?'],
  ['checks: [{ name: a, sql: 1 }]', 'checks[0].sql', 'has to be a text, and is the number 1; put it in quotes'],
  ['checks: [{ name: a }]', 'checks[0]', 'needs a name and exactly one of command, heartbeat, sql and file'],
  [
    'checks: [{ name: a, sql: select 1, command: [x] }]',
    'checks[0]',
    'exactly one of command, heartbeat, sql and file',
  ],
  ['checks: [{ name: a, sql: select 1, severity: warn }]', 'checks[0].severity', 'is one of critical, warning'],
  ['checks: [{ name: a, sql: select 1, expect: { atleast: 1 } }]', 'checks[0].expect.atleast', 'did you mean atLeast?'],
  ['checks: []\nchekcs: []', 'chekcs', 'is not known here'],
  ['sandbox: local', 'sandbox', 'is one of local, docker and ssh; write { kind: local }'],
  ['sandbox: { kind: docker, scratch: /x }', 'sandbox.scratch', 'does not go with kind: docker'],
  ['objectives:', 'objectives', 'has to be a block of keys and values, and is empty; fill it in, or leave it out'],
  ['sandbox: { kind: dcoker }', 'sandbox.kind', 'is one of local, docker and ssh; did you mean docker?'],
  ['sandbox: { kind: local, sratch: /x }', 'sandbox.sratch', 'did you mean scratch?'],
  ['sandbox: { kind: local, reuse: "yes" }', 'sandbox.reuse', 'has to be true or false, and is the text "yes"'],
  ['sandbox: { kind: local, settings: { "work-mem": 1 } }', 'sandbox.settings', 'is no name of a PostgreSQL setting'],
  ['sandbox: { kind: local, preload: pg_stat_statements }', 'sandbox.preload', 'has to be a list'],
  ['objectives: { rto: 30 }', 'objectives.rto', 'is no duration; write 90s, 30m, 1h30m or 2d'],
  ['objectives: { regression: on }', 'objectives.regression', 'is off, or a block such as { rto: 40%, runs: 6 }'],
  ['objectives: { regression: { rto: 40 } }', 'objectives.regression.rto', 'is no percentage; write 40%'],
  ['objectives: { regression: { rto: 0% } }', 'objectives.regression.rto', '"0%" is no percentage; write 40%'],
  ['objectives: { regression: { runs: 1 } }', 'objectives.regression.runs', 'is at least 3'],
  ['objectives: { regression: { rot: 40% } }', 'objectives.regression.rot', 'did you mean rto?'],
  ['controls: SOC2', 'controls', 'has to be a list, and is the text "SOC2"'],
  ['schedule: montly', 'schedule', 'did you mean monthly?'],
  ['schedule: 4', 'schedule', 'is one of daily, weekly, monthly, quarterly, yearly, or a block, such as { cron:'],
  ['schedule: { every: fortnight }', 'schedule.every', 'write a number of days (3d), weeks (2w) or months (3mo)'],
  ['schedule: { every: 2w, at: 3am }', 'schedule.at', 'write 03:00'],
  ['schedule: { evry: 2w }', 'schedule.evry', 'did you mean every?'],
  ['schedule: { cron: monthly }', 'schedule.cron', 'such as "0 3 1 * *"'],
  ['schedule: { cron: 0 25 1 * * }', 'schedule.cron', 'the hour is 0 to 23, not "25"'],
  ['schedule: { cron: 0 3 1 * *, timezone: Europe/Munich }', 'schedule.timezone', '"Europe/Munich" is no time zone'],
  ['notify: [x]', 'notify[0]', 'has to be one channel of email, healthchecks, ntfy, slack, telegram, webhook'],
])('%s: the words say what is wrong', (text, path, words) => {
  const problems = problemsOf(`${MINIMAL}${text}\n`).filter((problem) => problem.path.startsWith(path));
  expect(problems.map(({ message }) => message).join('\n')).toContain(words);
});

test('each thing that is wrong with a check is told, and nothing of other kinds of checks', () => {
  expect(problemsOf(`${MINIMAL}checks: [{ sql: 1 }]\n`).map(({ path, message }) => `${path} ${message}`)).toEqual([
    'checks[0].name is needed: a text',
    'checks[0].sql has to be a text, and is the number 1; put it in quotes',
  ]);
});

test('no words of the schema library are left', () => {
  const text = `name: 1
source: { stanza: 1, repo: x, processMax: many }
target: 1
sandbox: { kind: docker, cpus: x, shm: 1, settings: 1 }
objectives: 1
checks: [1, { name: "", sql: "" }, { name: a, command: x }]
controls: [1, ""]
schedule: { cron: 1, timezone: 1 }
deadline: 1
reports: 1
`;
  const said = problemsOf(text).map(({ path, message }) => `${path}: ${message}`);
  expect(said.length).toBeGreaterThan(12);
  expect(said.filter((line) => /invalid|expected|received|undefined|too (small|big)/i.test(line))).toEqual([]);
});
