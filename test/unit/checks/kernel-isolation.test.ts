import { describe, expect, test } from 'vitest';
import { kernelAssertions } from '../../../src/checks/kernel-isolation.ts';
import { LocalHost } from '../../../src/host/local-host.ts';
import { currentUser } from '../../../src/host/run-user.ts';

const host = new LocalHost({ user: currentUser(), fence: null, env: {} });

describe('what the kernel tells a program of its fence', () => {
  test('is only asserted where it is claimed', async () => {
    expect(await kernelAssertions(host, { fileSystem: false, network: 'open', privileges: false })).toEqual([]);
  });

  test('contradicts a claim that is not so: this very process has the whole machine before it', async () => {
    const claimed = { fileSystem: true, network: 'none', privileges: true } as const;
    const held = new Map((await kernelAssertions(host, claimed)).map(({ name, holds }) => [name, holds]));
    expect(held.size).toBe(3);
    expect(held.get('the copy sees a read-only file system but for its own directory')).toBe(false);
    expect(held.get('the copy has no capability of root')).toBe(process.getuid?.() !== 0);
  });

  test('and of a network to the repository it says nothing: that is asserted once the network is gone', async () => {
    const assertions = await kernelAssertions(host, { fileSystem: false, network: 'repository', privileges: false });
    expect(assertions).toEqual([]);
  });
});
