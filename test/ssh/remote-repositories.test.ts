import { globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { shellJoin } from '../../src/core/shell-quote.ts';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { drill, workspace } from '../fixtures/drill.ts';
import { bridgeAddress } from '../fixtures/engine.ts';
import { makeLocalRepositories } from '../fixtures/repositories/local.ts';
import { serverOf } from '../fixtures/ssh-server.ts';
import { remoteRepositoryCases } from '../integration/cases/remote-repositories.ts';

const server = serverOf(inject('server'));

/** The words of all processes of this machine and of the server, looked at again and again until the end. */
function sampleProcesses(): { end: () => { here: string; there: string } } {
  const here = new Set<string>();
  const looking = setInterval(() => {
    for (const file of globSync('/proc/[0-9]*/cmdline')) {
      try {
        here.add(readFileSync(file, 'utf8'));
      } catch {
        // It has ended.
      }
    }
  }, 20);
  server.sh(
    `rm -f /srv/enough /srv/words; (while [ ! -e /srv/enough ]; do cat /proc/[0-9]*/cmdline; sleep 0.02; done 2>/dev/null | tr '\\0' '\\n' >/srv/words) >/dev/null 2>&1 &`,
  );
  return {
    end: () => {
      clearInterval(looking);
      const there = server.sh('touch /srv/enough; sleep 0.5; sort -u /srv/words; rm -f /srv/enough /srv/words');
      return { here: [...here].join('\n'), there };
    },
  };
}

/** Files of the server that hold a text. */
function filesWith(text: string): string {
  return server.sh(`grep -rlaF -e ${shellJoin([text])} /root /home /var /srv /run /dev/shm /etc 2>/dev/null; true`);
}

describe('remote repositories, from a server', () => {
  const root = makeTestDirectory('remote');
  let remote: Awaited<ReturnType<typeof makeLocalRepositories>>;

  beforeAll(async () => {
    remote = await makeLocalRepositories(root, bridgeAddress());
  });
  afterAll(async () => {
    await remote.end();
    rmSync(root, { recursive: true, force: true });
  });

  remoteRepositoryCases(['s3', 'tls'], () => remote);

  test('no secret is in a process list, a shell history, a log or a file, on either side, while the drill runs or after', async () => {
    const place = workspace();
    const config = join(place.root, 'pgbackrest.conf');
    const lines = ['[global]', ...remote.lines('s3'), '[shop]', 'pg1-path=/var/lib/of-production', ''];
    writeFileSync(config, lines.join('\n'), { mode: 0o600 });
    const secrets = [...remote.secrets, 'PRIVATE KEY'].filter(
      (secret) => lines.join().includes(secret) || secret.includes(' '),
    );
    expect(secrets.length).toBeGreaterThan(2);
    const before = new Map(secrets.map((secret) => [secret, filesWith(secret)]));
    const sampling = sampleProcesses();
    const run = await drill({ ...place, config, repo: join(place.root, 'none') });
    const seen = sampling.end();
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(seen.here).toContain('pgbackrest');
    expect(seen.there).toContain('postgres');
    const logs = globSync('**', { cwd: run.folder })
      .map((name) => join(run.folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, 'utf8'));
    for (const secret of secrets) {
      for (const text of [seen.here, seen.there, run.stdout, run.stderr, ...logs]) expect(text).not.toContain(secret);
      expect(filesWith(secret)).toEqual(before.get(secret));
    }
  });
});
