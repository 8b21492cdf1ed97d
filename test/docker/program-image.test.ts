import { execFileSync } from 'node:child_process';
import { chmodSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inject, expect, onTestFinished, test } from 'vitest';
import { reportSchema } from '../../src/report/report.ts';
import { command, workspace } from '../fixtures/drill.ts';
import { dockerLines } from '../fixtures/engine.ts';

const golden = inject('golden');
const [, major = ''] = inject('image').split(':');
const ROOT = join(import.meta.dirname, '../..');

test('the image with the whole program drills a repository that is mounted read-only, in no network', () => {
  const image = execFileSync('sh', ['docker/build-program.sh', major], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  onTestFinished(() => void dockerLines('rmi', '--force', image));
  const { root, reports } = workspace();
  mkdirSync(reports);
  chmodSync(reports, 0o777);
  const { uid, gid } = statSync(golden.repo1);
  const fence = ['--network=none', '--read-only', '--tmpfs=/tmp', '--cap-drop=ALL', '--security-opt=no-new-privileges'];
  const mounts = [
    `${golden.root}/repo1:${golden.root}/repo1:ro`,
    `${golden.config}:${golden.config}:ro`,
    `${reports}:/pgdrill/reports`,
  ];
  const lines = dockerLines(
    'run',
    '--rm',
    ...fence,
    `--user=${uid}:${gid}`,
    ...mounts.map((mount) => `--volume=${mount}`),
    '--volume=/pgdrill',
    image,
    'run',
    '--stanza',
    'shop',
    '--config',
    golden.config,
    '--repo',
    '1',
    '--json',
    '--check-sql',
    'select count(*) = 6 from marks',
  );
  const report = reportSchema.parse(JSON.parse(lines.join('\n')));
  expect(report.reasons).toEqual([]);
  expect(report.verdict).toBe('passed');
  expect(globSync('shop/*/report.md', { cwd: reports })).toHaveLength(1);
  expect(
    readFileSync(join(root, 'reports', globSync('shop/*/report.md', { cwd: reports })[0] ?? ''), 'utf8'),
  ).toContain('passed');
});

test('an image that is missing is named with the command that builds it, and that command builds it', async () => {
  const place = workspace();
  expect((await command(place, ['image', 'build'])).status).toBe(2);
  expect((await command(place, ['image', 'build', '--major', 'nine'])).status).toBe(2);
  const built = await command(place, ['image', 'build', '--major', major, '--suite', suiteOf(), '--network', 'host']);
  expect(built.status).toBe(0);
  expect(built.stdout).toContain(`Built pgdrill:${major}`);
});

/** The suite that the image at hand was made of, so that the engine has its layers already. */
function suiteOf(): string {
  const [line = ''] = dockerLines(
    'run',
    '--rm',
    '--network=none',
    inject('image'),
    'grep',
    '^VERSION_CODENAME=',
    '/etc/os-release',
  );
  return line.split('=')[1] ?? '';
}
