import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe } from 'vitest';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { makeLocalRepositories } from '../fixtures/repositories/local.ts';
import { remoteRepositoryCases } from './cases/remote-repositories.ts';

describe('remote repositories, with the pgBackRest of this machine', () => {
  const root = makeTestDirectory('remote');
  let remote: Awaited<ReturnType<typeof makeLocalRepositories>>;

  beforeAll(async () => {
    remote = await makeLocalRepositories(root);
  });
  afterAll(async () => {
    await remote.end();
    rmSync(root, { recursive: true, force: true });
  });

  remoteRepositoryCases(['s3', 's3-host', 'azure', 'azure-token', 'tls'], () => remote);
});
