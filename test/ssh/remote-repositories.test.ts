import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe } from 'vitest';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { bridgeAddress } from '../fixtures/engine.ts';
import { makeLocalRepositories } from '../fixtures/repositories/local.ts';
import { remoteRepositoryCases } from '../integration/cases/remote-repositories.ts';

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
});
