import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { drill, workspace } from '../fixtures/drill.ts';
import { fingerprint } from '../fixtures/fingerprint.ts';
import { claim } from './trial.ts';

/** What is printed between the two parts, to tell of the copy while it runs. */
const LOOK = `echo "archive_mode: $(psql -h "$here/sockets" -d postgres -Atc 'show archive_mode')"
echo "rows: $(psql -h "$here/sockets" -d postgres -Atc 'select count(*) from marks')"
echo "directory: $here"`;

claim('I4', async () => {
  const golden = inject('golden');
  const check = ['--check-sql', 'select true'];
  for (const target of [[], ['--target-immediate'], ['--standby']]) {
    const run = await drill(workspace(), ...target, ...check);
    expect(run.report?.verdict).toBe('passed');
    const report = readFileSync(join(run.folder, 'report.md'), 'utf8');
    const section = report.slice(report.indexOf('Repeat it by hand'));
    const [start = '', end = ''] = [...section.matchAll(/```sh\n([\s\S]*?)\n```/g)].map(([, text]) => text);
    const before = fingerprint(golden.repo1);
    const user = run.report?.sandbox.host?.user ?? '';
    const said = execFileSync('runuser', ['-u', user, '--', 'sh', '-c', 'cd / && sh -s'], {
      input: `exec 2>&1\n${start}\n${LOOK}\n${end}\necho "status: $?"\n`,
      encoding: 'utf8',
    });
    expect(said).toContain('archive_mode: off');
    expect(said).toMatch(/^rows: \d+$/m);
    expect(said).toContain('status: 0');
    const made = /^directory: (.*)$/m.exec(said)?.[1] ?? '';
    expect({ made: made.startsWith('/'), there: existsSync(made) }).toEqual({ made: true, there: false });
    expect(fingerprint(golden.repo1)).toEqual(before);
  }
});
