import { existsSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { textOf, until } from '../fixtures/until.ts';

interface HostUnderTest {
  readonly host: Host;
  /** A directory on the host that it may write to, at the same path here. */
  readonly directory: string;
}

/** Aborted once a file is there. */
/** Hears lines until it has had enough. */
function refuseThree(line: string): void {
  if (line === '3') throw new Error('no more than two');
}

function abortedBy(file: string): AbortSignal {
  const controller = new AbortController();
  void until(`there is ${file}`, () => existsSync(file)).then(() => controller.abort());
  return controller.signal;
}

/** What every host promises. Run for each adapter. */
export function hostContract(name: string, make: () => HostUnderTest): void {
  describe(`host: ${name}`, () => {
    test('gives exit status and output, and rejects for no exit status', async () => {
      const { host } = make();
      const result = await host.run(['sh', '-c', 'echo out; echo err >&2; exit 7']);
      expect(result).toMatchObject({
        exitCode: 7,
        signal: null,
        stdout: 'out\n',
        stderr: 'err\n',
        timedOut: false,
        cancelled: false,
      });
    });

    test('passes words as they are: no shell reads them', async () => {
      const { host } = make();
      const words = ['a b', "it's", '"', '$HOME', '`id`', '; exit 3', '*', '\\', 'line\nbreak', 'ä€'];
      const { stdout } = await host.run(['printf', '%s\\0', ...words]);
      expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    });

    test('gives programs a clean environment, in UTC, and what is asked for', async () => {
      process.env['PGHOST'] = 'production.example';
      process.env['PGBACKREST_REPO1_PATH'] = '/production';
      const { host } = make();
      const { stdout } = await host.run(['env'], { env: { ASKED: 'yes' } });
      delete process.env['PGHOST'];
      delete process.env['PGBACKREST_REPO1_PATH'];
      expect(stdout).toContain('ASKED=yes');
      expect(stdout).toContain('TZ=UTC');
      expect(stdout).not.toMatch(/production/);
    });

    test('throws what was thrown at a line, once the program has ended', async () => {
      const { host } = make();
      await expect(host.run(['seq', '1', '20000'], { onLine: refuseThree })).rejects.toThrow('no more than two');
    });

    test('calls back for each line and then keeps only the last ones', async () => {
      const { host } = make();
      let count = 0;
      const result = await host.run(['seq', '1', '20000'], { onLine: () => (count += 1) });
      expect(count).toBe(20_000);
      expect(result.stdout.split('\n').at(-1)).toBe('20000');
      expect(result.stdout.length).toBeLessThan(1000);
    });

    test.each([
      { how: 'a deadline', options: () => ({ deadlineMs: 300 }), seen: { timedOut: true } },
      { how: 'an abort', options: (file: string) => ({ signal: abortedBy(file) }), seen: { cancelled: true } },
    ])('$how ends a program with all its descendants before run resolves', async ({ options, seen }) => {
      const { host, directory } = make();
      const file = join(directory, `beat-${Math.random()}`);
      const beat = `while :; do date +%N >${file}; sleep 0.02; done`;
      const result = await host.run(['sh', '-c', `sh -c '${beat}' & wait`], options(file));
      expect(result).toMatchObject(seen);
      expect(result.exitCode).not.toBe(0);
      const last = textOf(file);
      await delay(150);
      expect(textOf(file)).toBe(last);
    });

    test('says so when a program is not there', async () => {
      const { host } = make();
      const outcome = await host.run(['no-such-program-at-all']).then(
        ({ exitCode, stderr }) => ({ failed: exitCode !== 0, text: stderr }),
        (error: Error) => ({ failed: true, text: error.message }),
      );
      expect(outcome.failed).toBe(true);
      expect(outcome.text).toContain('no-such-program-at-all');
    });

    test('writes files with their mode, reads them, and tells an absent one', async () => {
      const { host, directory } = make();
      const path = join(directory, 'secret');
      await host.writeFile(path, 'text ä', 0o600);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(await host.readFile(path)).toBe('text ä');
      expect(await host.readFile(join(directory, 'absent'))).toBeNull();
      expect((await host.run(['cat', path])).stdout).toBe('text ä');
    });

    test('writes files of nothing and of much, many at once', async () => {
      const { host, directory } = make();
      const sizes = [0, 1, 70_000, 0, 1, 70_000, 0, 0];
      await Promise.all(
        sizes.map((size, index) => host.writeFile(join(directory, `${index}`), 'ä'.repeat(size), 0o600)),
      );
      const found = sizes.map((_size, index) => statSync(join(directory, `${index}`)).size / 2);
      expect(found).toEqual(sizes);
    });

    test('writes several files one after another: each has its own content, and takes the place of what lay there', async () => {
      const { host, directory } = make();
      const contents = ['ä'.repeat(70_000), '', 'b', '', '\0c\n'.repeat(50_000)];
      const paths = contents.map((_content, index) => join(directory, `many ${index}`));
      const [first = '', second = ''] = paths;
      symlinkSync(join(directory, 'elsewhere'), first);
      await host.writeFile(second, 'old', 0o644);
      await host.writeFiles(Object.fromEntries(paths.map((path, index) => [path, contents[index] ?? ''])), 0o640);
      for (const [index, path] of paths.entries()) expect(readFileSync(path, 'utf8')).toBe(contents[index]);
      expect(paths.map((path) => lstatSync(path).mode & 0o170_777)).toEqual(paths.map(() => 0o100_640));
      expect(existsSync(join(directory, 'elsewhere'))).toBe(false);
      const fault = { name: 'DrillError', code: 'sandbox-failed' };
      const below = { [join(directory, 'fine')]: 'x', [`${first}/below`]: 'y' };
      await expect(host.writeFiles(below, 0o600)).rejects.toMatchObject(fault);
    });

    test('a place that takes no file is a fault of the place, and no bug', async () => {
      const { host, directory } = make();
      await host.writeFile(join(directory, 'file'), '', 0o600);
      const fault = { name: 'DrillError', code: 'sandbox-failed' };
      await expect(host.writeFile(join(directory, 'file/below'), '', 0o600)).rejects.toMatchObject(fault);
      await expect(host.makeDirectory(join(directory, 'file/below'))).rejects.toMatchObject(fault);
    });

    test('makes directories with their parents for its owner alone', async () => {
      const { host, directory } = make();
      await host.makeDirectory(join(directory, 'a/b'));
      expect(statSync(join(directory, 'a')).mode & 0o777).toBe(0o700);
      expect((await host.run(['touch', join(directory, 'a/b/file')])).exitCode).toBe(0);
      expect(await host.list(join(directory, 'a/b'))).toEqual(['file']);
      expect(await host.list(join(directory, 'absent'))).toBeNull();
    });

    test('removes a tree without following its links; nothing there is no error', async () => {
      const { host, directory } = make();
      const outside = join(directory, 'outside');
      const script = 'cd "$0" && mkdir outside tree && touch outside/precious && ln -s "$0/outside" tree/link';
      expect((await host.run(['sh', '-c', script, directory])).exitCode).toBe(0);
      expect(await host.resolveLink(join(directory, 'tree/link'))).toBe(outside);
      expect(await host.resolveLink(outside)).toBeNull();
      await host.remove(join(directory, 'tree'));
      await host.remove(join(directory, 'tree'));
      expect(existsSync(join(directory, 'tree'))).toBe(false);
      expect(existsSync(join(outside, 'precious'))).toBe(true);
    });

    test('starts a daemon whose log is followed from its beginning to its end', async () => {
      const { host, directory } = make();
      const logPath = join(directory, 'log');
      const lines: string[] = [];
      const daemon = await host.start(
        ['sh', '-c', 'for i in 1 2 3; do echo $i; sleep 0.05; done; printf last; exit 4'],
        { logPath, role: 'tool' },
      );
      const follower = host.followLines(logPath, (line) => lines.push(line));
      expect(await daemon.exited).toEqual({ exitCode: 4, signal: null });
      await follower.stop();
      expect(lines).toEqual(['1', '2', '3', 'last']);
      expect(statSync(logPath).mode & 0o777).toBe(0o600);
    });

    test('kills a daemon with its whole group', async () => {
      const { host, directory } = make();
      const file = join(directory, 'beat');
      const daemon = await host.start(['sh', '-c', `sh -c 'while :; do date +%N >${file}; sleep 0.02; done' & wait`], {
        logPath: join(directory, 'log'),
        role: 'tool',
      });
      await until('it beats', () => existsSync(file));
      daemon.kill('SIGKILL');
      await daemon.exited;
      await delay(100);
      const last = readFileSync(file, 'utf8');
      await delay(150);
      expect(readFileSync(file, 'utf8')).toBe(last);
      daemon.kill('SIGKILL');
    });

    test('tells how much room there is', async () => {
      const { host, directory } = make();
      expect((await host.room(directory)).freeBytes).toBeGreaterThan(1_000_000);
    });
  });
}
