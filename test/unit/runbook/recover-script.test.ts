import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entriesOf } from '../../../src/pgbackrest/user-config.ts';
import { recoverScript, type RecoverScriptInput } from '../../../src/runbook/recover-script.ts';
import { planOf, temporaryDirectory } from '../../fixtures/plans.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

function scriptOf(plan: string, changes: Partial<RecoverScriptInput> = {}, data = '/srv/pg'): string {
  const text = `[global]\nrepo1-path=/repo\nrepo1-cipher-pass=hunter2\n[main]\npg1-path=${data}\n`;
  return recoverScript({
    plan: planOf(`{ name: orders, source: { stanza: main${plan} }`),
    config: { entries: entriesOf('/etc/x.conf', text), environment: new Map(), files: ['/etc/x.conf'], sections: [] },
    drilled: null,
    command: 'drill recover-script orders',
    ...changes,
  });
}

const LATEST = ' } ';

test('has production for its place, its own restore_command, and no secret', () => {
  const script = scriptOf(LATEST);
  expect(script).toContain('data=/srv/pg\n');
  expect(script).toContain('pgbackrest --config=/etc/x.conf --stanza=main --repo=1 --pg1-path="$data"');
  expect(script).toContain('--recovery-option=restore_command="sh $work/fetch.sh %f %p"');
  expect(script).toContain('export PGBACKREST_ARCHIVE_ASYNC="y"');
  expect(script).not.toMatch(/hunter2|--archive-mode|--delta|--force/);
  expect(script).toContain('No passed drill on record has fetched its WAL so');
  expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test('says when it was drilled, and how long that took', () => {
  const sample = sampleReport();
  expect(scriptOf(LATEST, { drilled: sample })).toContain(`# Drilled so: 2026-11-21 03:00 UTC, run ${sample.runId}: `);
});

test('goes to a time by itself, and to a transaction from a set that is named', () => {
  const time = '2026-05-13 14:32:00+00';
  expect(scriptOf(` }, target: { time: "${time}" } `)).toContain(
    `--type=time '--target=2026-05-13 14:32:00.000000+00' --target-action=promote`,
  );
  expect(scriptOf(', backup: 20261121-015906F }, target: { xid: 4757 } ')).toContain(
    '--set=20261121-015906F --type=xid --target=4757',
  );
  expect(() => scriptOf(' }, target: { xid: 4757 } ')).toThrow(expect.objectContaining({ code: 'plan-invalid' }));
  expect(() => scriptOf(' }, target: { random: true } ')).toThrow(expect.objectContaining({ code: 'plan-invalid' }));
});

test('text of a plan does not get out of a comment', () => {
  const script = scriptOf(LATEST, { command: 'drill recover-script orders\nrm -r /' });
  expect(script).not.toMatch(/^rm -r \//m);
});

/** Runs the part before anything is made, as somebody who is not root. */
function refusal(data: string): string {
  const script = scriptOf(LATEST, {}, data).replace('[ "$(id -u)" -ne 0 ]', 'true').split('\nmkdir "$work"')[0] ?? '';
  const { status, stderr } = spawnSync('sh', [], { input: `${script}\necho goes on >&2`, encoding: 'utf8' });
  return `${status} ${stderr.trim()}`;
}

test('refuses a place that is in use, or may be', () => {
  const root = temporaryDirectory();
  const data = join(root, 'pg');
  expect(refusal(data)).toBe('0 goes on');
  expect(refusal(join(root, 'not/there'))).toMatch(/^1 refused: there is no directory/);
  expect(refusal(`${root}/my data`)).toMatch(/^1 refused: .* is no plain absolute path/);
  mkdirSync(data);
  expect(refusal(data)).toBe('0 goes on');
  writeFileSync(join(data, 'PG_VERSION'), '15');
  expect(refusal(data)).toMatch(/^1 refused: .* is not empty/);
  writeFileSync(join(data, 'postmaster.pid'), '1');
  expect(refusal(data)).toMatch(/^1 refused: a server runs in/);
  mkdirSync(`${root}/other.wal-ahead`);
  expect(refusal(`${root}/other`)).toMatch(/^1 refused: .* such a recovery is under way/);
});

const SEGMENT = '0000000100000000000000A1';
const SHA1_OF_WAL = createHash('sha1').update('wal\n').digest('hex');

test.each([
  ['that was archived since is delivered', 0, '', 0],
  ['that is what its name says is delivered', 0, `15-1/x/${SEGMENT}-${SHA1_OF_WAL}.zst\n`, 0],
  ['that the archive never held ends it', 1, '', 1],
  ['that was in the archive and is gone does not end it', 1, `15-1/x/${SEGMENT}-${SHA1_OF_WAL}.zst\n`, 254],
  ['that cannot be read does not end it', 103, '', 254],
  ['that is not what its name says is not replayed', 0, `15-1/x/${SEGMENT}-${'0'.repeat(40)}.zst\n`, 254],
])('a segment %s', (_, fetched, listed, expected) => {
  const root = temporaryDirectory();
  const fetch = /<<'END'\n(# fetch FILE[^]*?)\nEND\n/.exec(scriptOf(LATEST))?.[1] ?? '';
  writeFileSync(join(root, 'fetch.sh'), fetch);
  writeFileSync(join(root, 'archive.list'), listed);
  writeFileSync(
    join(root, 'wal-ahead.sh'),
    `for word; do to=$word; done\n[ ${fetched} -ne 0 ] || echo wal >"$to"\nexit ${fetched}`,
  );
  const to = join(root, 'RECOVERYXLOG');
  expect(spawnSync('sh', [join(root, 'fetch.sh'), SEGMENT, to]).status).toBe(expected);
  expect(existsSync(to)).toBe(expected === 0);
});
