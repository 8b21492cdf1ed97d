import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../fixtures/until.ts';

const script = (name: string): string => fileURLToPath(new URL(`../../../src/pgbackrest/${name}`, import.meta.url));
/** As wal-feed.sh does. */
const ASK = '. "$0"; dir=$1; ask "$2" "$3"';

/** A server's side and its feed, which begins with the segment `first` by itself, whose command copies `archive/FILE` to where it is told, or ends as `archive/FILE.exit` says. */
function serving(first = ''): {
  root: string;
  serve: ChildProcess;
  ask: (file: string) => Promise<{ code: number | null; said: string }>;
} {
  const root = mkdtempSync(join(tmpdir(), 'wal-serve-'));
  for (const name of ['feed', 'data', 'data/pg_wal', 'archive']) mkdirSync(join(root, name));
  spawnSync('mkfifo', [join(root, 'feed/asked'), join(root, 'feed/answered')]);
  const fetch = `echo "about $1" >&2; [ ! -e ${root}/archive/$1.hangs ] || sleep 60; [ ! -e ${root}/archive/$1.exit ] || exit $(cat ${root}/archive/$1.exit); cp ${root}/archive/$1 "$2"`;
  const queued = first === '' ? '' : join(root, 'data', first);
  if (first !== '') writeFileSync(join(root, 'archive', first), 'ahead');
  const words = [script('wal-serve.sh'), join(root, 'feed'), join(root, 'data'), queued, 'sh', '-c', fetch, 'fetch'];
  const serve = spawn('sh', words, { stdio: 'ignore' });
  onTestFinished(() => {
    serve.kill('SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });
  const ask = (file: string): Promise<{ code: number | null; said: string }> => {
    const child = spawn('sh', ['-c', ASK, script('wal-ask.sh'), join(root, 'feed'), file, 'pg_wal/RECOVERYXLOG']);
    let said = '';
    child.stderr.on('data', (piece: Buffer) => (said += piece.toString('utf8')));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
  };
  return { root, serve, ask };
}

test('what is asked for is fetched, to where a restore_command would put it, with the words of the command', async () => {
  const { root, ask } = serving();
  writeFileSync(join(root, 'archive/A'), 'aaa');
  expect(await ask('A')).toEqual({ code: 0, said: 'about A\n' });
  expect(readFileSync(join(root, 'data/pg_wal/RECOVERYXLOG'), 'utf8')).toBe('aaa');
});

test('where segments are fetched ahead, the first one is asked for before the server is there', async () => {
  const { root, ask } = serving('A1');
  const queued = (): string => readFileSync(join(root, 'data/A1'), { encoding: 'utf8', flag: 'a+' });
  await until('it is there', () => queued() === 'ahead');
  expect(existsSync(join(root, 'data/pg_wal/RECOVERYXLOG'))).toBe(false);
  writeFileSync(join(root, 'archive/A'), 'aaa');
  expect(await ask('A')).toEqual({ code: 0, said: 'about A\n' });
});

test.each([1, 49, 125, 137, 254])('a command that ends with %i ends so for who asked', async (status) => {
  const { root, ask } = serving();
  writeFileSync(join(root, 'archive/A.exit'), String(status));
  expect(await ask('A')).toEqual({ code: status, said: 'about A\n' });
});

test('each of many questions in a row gets its own answer', async () => {
  const { root, ask } = serving();
  for (let index = 0; index < 150; index += 1) {
    writeFileSync(join(root, `archive/${index}.exit`), String(index));
    expect(await ask(String(index))).toMatchObject({ code: index });
  }
});

test('who waits for an answer that never comes is told: not that the archive ends', async () => {
  const { root, serve, ask } = serving();
  writeFileSync(join(root, 'archive/A.hangs'), '');
  const answer = ask('A');
  const begun = (): boolean => readFileSync(join(root, 'feed/said'), { encoding: 'utf8', flag: 'a+' }) !== '';
  while (!begun()) await new Promise((resolve) => setTimeout(resolve, 5));
  serve.kill('SIGKILL');
  expect((await answer).code).toBe(254);
});

test('nor does it wait for ever for one that is gone as soon as it has heard the question', async () => {
  const { root, serve, ask } = serving();
  serve.kill('SIGKILL');
  await once(serve, 'close');
  const hearing = 'exec 3<>"$0/asked" 4<>"$0/answered"; read -r question <&3';
  for (let round = 0; round < 25; round += 1) {
    const hears = spawn('sh', ['-c', hearing, join(root, 'feed')], { stdio: 'ignore' });
    const [answer] = await Promise.all([ask('A'), once(hears, 'close')]);
    expect(answer.code).toBe(254);
  }
});
