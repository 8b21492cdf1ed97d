import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { publicKeyPem } from '../../../src/evidence/public-key.ts';
import { newSigner } from '../../fixtures/keys.ts';
import { makeKeptDirectory, temporaryDirectory } from '../../fixtures/plans.ts';
import { recordRun, runIdOf } from '../../fixtures/signed-reports.ts';

const DOCUMENT = readFileSync('docs/evidence.md', 'utf8');

/** The commands of the document that verify without pgdrill, one after the other. */
const COMMANDS = [...DOCUMENT.slice(DOCUMENT.indexOf('## Without pgdrill')).matchAll(/```sh\n([\s\S]*?)```/g)]
  .map(([, block]) => block)
  .join('\n');

const RUN = `orders/${runIdOf(0)}`;
const signer = newSigner();
let made = '';

beforeAll(async () => {
  made = makeKeptDirectory();
  for (let index = 0; index < 3; index += 1) await recordRun(join(made, 'reports'), index, { signer });
  writeFileSync(join(made, 'drills.key.pub'), publicKeyPem(signer.publicKey));
  return () => rmSync(made, { recursive: true, force: true });
});

function follow(change: (reports: string) => void) {
  const directory = temporaryDirectory();
  cpSync(made, directory, { recursive: true });
  change(join(directory, 'reports'));
  return spawnSync('sh', ['-s'], { cwd: directory, input: COMMANDS, encoding: 'utf8' });
}

test('the document shows commands, and a run of that name', () => {
  expect(COMMANDS.length).toBeGreaterThan(1000);
  expect(COMMANDS).toContain(`run=${RUN} `);
});

test('its commands find that nothing was changed', () => {
  const { status, stdout, stderr } = follow(() => undefined);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(signer.keyId);
  for (const name of ['report.json', 'manifest.json', 'report.html', 'postgresql.log'])
    expect(stdout).toContain(`${name}: OK`);
});

test.each<[string, (reports: string) => void, RegExp]>([
  ['a log', (reports) => appendFileSync(join(reports, RUN, 'postgresql.log'), 'x'), /postgresql.log: FAILED/],
  ['a report', (reports) => appendFileSync(join(reports, RUN, 'report.json'), ' '), /report.json: FAILED/],
  ['a file that is gone', (reports) => rmSync(join(reports, RUN, 'report.md')), /report.md: FAILED/],
  ['a manifest', (reports) => appendFileSync(join(reports, RUN, 'manifest.json'), ' '), /manifest.json: FAILED/],
  ['a statement', (reports) => swap(join(reports, RUN, 'manifest.dsse.json')), /^(?![\s\S]*OK)/],
  [
    'another run in its place',
    (reports) => {
      rmSync(join(reports, RUN), { recursive: true });
      cpSync(join(reports, `orders/${runIdOf(1)}`), join(reports, RUN), { recursive: true });
    },
    /it is not the statement about orders/,
  ],
  [
    'a statement of another kind',
    (reports) => cpSync(join(reports, RUN, 'test-result.dsse.json'), join(reports, RUN, 'manifest.dsse.json')),
    /it is not the statement about orders/,
  ],
  ['a line of the ledger', (reports) => swap(join(reports, 'ledger.jsonl')), /the ledger was changed before this line/],
  [
    'the end of the ledger',
    (reports) => {
      const file = join(reports, 'ledger.jsonl');
      writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(0, -2).join('\n') + '\n');
    },
    /the end of the ledger was cut off or changed/,
  ],
])('they find what was changed: %s', (_, change, said) => {
  const { status, stdout } = follow(change);
  expect(status).not.toBe(0);
  expect(stdout).toMatch(said);
});

/** Changes a letter in the middle of a file. */
function swap(file: string): void {
  const text = readFileSync(file, 'utf8');
  const at = text.indexOf('e', text.length / 3);
  writeFileSync(file, `${text.slice(0, at)}a${text.slice(at + 1)}`);
}
