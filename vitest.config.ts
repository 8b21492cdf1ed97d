import { spawnSync } from 'node:child_process';
import { defineConfig } from 'vitest/config';

/** Whether a container engine answers. Without one the tests that need it are left out, which CI does not allow. */
function dockerIsHere(): boolean {
  const { status } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 });
  if (status === 0) return true;
  if (process.env['CI'] !== undefined)
    throw new Error('no container engine answers; CI needs one: see scripts/docker.sh');
  if (!process.argv.includes('unit'))
    process.stderr.write('left out: the tests in containers, since no container engine answers\n');
  return false;
}

export default defineConfig({
  test: {
    reporters: ['default', './test/no-skipped-tests.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/architecture.test.ts'],
          env: { TZ: 'UTC' },
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/contract/**/*.test.ts', 'test/integration/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          exclude: ['test/contract/docker.test.ts'],
          globalSetup: ['./test/fixtures/global-setup.ts'],
          setupFiles: ['./test/fixtures/golden-unchanged.ts'],
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      ...(dockerIsHere()
        ? [
            {
              test: {
                name: 'docker',
                include: [
                  'test/docker/**/*.test.ts',
                  'test/contract/docker.test.ts',
                  // The same cases as on this machine, in containers.
                  'test/integration/{targets,faults,slow-faults,timelines,tablespaces}.test.ts',
                ],
                globalSetup: ['./test/fixtures/docker-images.ts', './test/fixtures/global-setup.ts'],
                setupFiles: ['./test/fixtures/golden-unchanged.ts'],
                env: { PGDRILL_TEST_SANDBOX: 'docker' },
                maxWorkers: 2,
                testTimeout: 180_000,
                hookTimeout: 180_000,
                sequence: { groupOrder: 3 },
              },
            },
          ]
        : []),
    ],
  },
});
