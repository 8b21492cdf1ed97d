import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { command, drill, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';
import { newPem, publicPemOf } from '../fixtures/keys.ts';
import { claim, trial } from './trial.ts';

/** Puts a key into a workspace: `drills.key`, and its public half beside it. */
function putKey({ root }: Workspace, name = 'drills'): string {
  const pem = newPem();
  writeFileSync(join(root, `${name}.key`), pem, { mode: 0o600 });
  writeFileSync(join(root, `${name}.key.pub`), publicPemOf(pem));
  return join(root, `${name}.key`);
}

function verify(place: Workspace, ...args: string[]) {
  return command(place, ['evidence', 'verify', '--reports', place.reports, '--key', 'drills.key.pub', ...args]);
}

function replaceIn(file: string, from: string, to: string): () => void {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  return () => writeFileSync(file, text);
}

claim('E5', async () => {
  const place = workspace();
  expect(await command(place, ['evidence', 'keygen', '--output', 'drills.key'])).toMatchObject({ status: 0 });
  // A relative path is one from the plan on.
  const { report, folder } = await drill(place, writePlan(place, 'signed', { evidence: { key: 'file:drills.key' } }));
  expect(report).toMatchObject({ verdict: 'passed', reasons: [], record: { number: 1 } });
  const key = report?.record.keyId ?? '';
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(readFileSync(join(folder, 'report.md'), 'utf8')).toContain(`signed with the key \`${key}\``);
  const whole = await verify(place);
  expect(whole).toMatchObject({ status: 0, stdout: expect.stringContaining('1 run, 1 of them signed') as string });
  const changes: [string, string, string, string][] = [
    [join(folder, 'postgresql.log'), 'database system', 'databass system', 'postgresql.log: it was changed'],
    [join(folder, 'report.json'), '"verdict": "passed"', '"verdict": "failed"', 'report.json: it was changed'],
    [
      join(place.reports, 'ledger.jsonl'),
      '"verdict":"passed"',
      '"verdict":"failed"',
      'ledger.jsonl, line 3: it is not',
    ],
  ];
  for (const [file, from, to, said] of changes) {
    const undo = replaceIn(file, from, to);
    const found = await verify(place);
    undo();
    expect(found.status).toBe(1);
    expect(found.stdout).toContain(said);
  }
  expect(await verify(place, report?.runId ?? '')).toMatchObject({ status: 0 });
  const bundle = ['--from', '2026', '--to', new Date().toISOString(), '--output', 'evidence.tar.gz'];
  const made = await command(place, [
    'evidence',
    'bundle',
    ...bundle,
    '--reports',
    place.reports,
    '--key',
    'file:drills.key',
  ]);
  expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining('evidence.tar.gz: 1 run, ') as string });
  const verified = ['evidence', 'verify', 'evidence.tar.gz', '--key', 'drills.key.pub'];
  expect(await command(place, verified)).toMatchObject({ status: 0 });
});

trial('E5b', () => {
  const place = workspace();
  putKey(place);
  const signWith = ['sh', '-c', 'echo no token >&2; exit 3'];
  const evidence = { signWith, publicKey: 'drills.key.pub' };
  return drill(place, writePlan(place, 'unsigned', { evidence }));
});

trial('E5c', () => {
  const place = workspace();
  chmodSync(putKey(place), 0o644);
  return drill(place, writePlan(place, 'open', { evidence: { key: 'file:drills.key' } }));
});

/** What a plan says that has OpenSSL sign with one of the keys. */
function signedWith(key: string) {
  const script = `cat > signed; openssl pkeyutl -sign -rawin -inkey ${key}.key -in signed | base64`;
  return { signWith: ['sh', '-c', script], publicKey: 'drills.key.pub' };
}

claim('E5d', async () => {
  const place = workspace();
  putKey(place);
  putKey(place, 'other');
  const signed = await drill(place, writePlan(place, 'one', { evidence: signedWith('drills') }));
  expect(signed.report).toMatchObject({ verdict: 'passed', reasons: [] });
  expect(await verify(place)).toMatchObject({ status: 0 });
  const other = await drill(place, writePlan(place, 'two', { evidence: signedWith('other') }));
  expect(other.report).toMatchObject({
    verdict: 'passed',
    record: { keyId: null },
    reasons: [{ code: 'not-signed', message: expect.stringContaining('signed with another key than') as string }],
  });
  expect(readFileSync(join(other.folder, 'report.md'), 'utf8')).toContain('This run is not signed');
});
