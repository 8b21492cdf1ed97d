import { spawnSync } from 'node:child_process';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { hasPrometheus } from './test/fixtures/prometheus.ts';

/** Whether the tests in containers are to run. Without an engine they are left out, and that is said; CI never leaves any out. */
function withContainers(): boolean {
  if (process.env['CI'] !== undefined) return true;
  const { status } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 60_000 });
  const isTestRun = process.argv[1]?.includes('vitest') === true && !process.argv.includes('unit');
  if (status !== 0 && isTestRun) {
    process.stderr.write('left out: the tests in containers, since no container engine answers\n');
  }
  return status === 0;
}

/** Whether reports are to be looked at in a browser. Without one that is left out, and said; CI never leaves it out. */
function withBrowser(): boolean {
  if (process.env['CI'] !== undefined) return true;
  const { status } = spawnSync('chromium', ['--version'], { timeout: 60_000 });
  const isTestRun = process.argv[1]?.includes('vitest') === true && !process.argv.includes('unit');
  if (status !== 0 && isTestRun) process.stderr.write('left out: the looks of reports, since there is no Chromium\n');
  return status === 0;
}

/** Whether monitoring/ is to be tried with Prometheus itself. Without it that is left out, and said; CI never leaves it out. */
function withPrometheus(): boolean {
  if (process.env['CI'] !== undefined || hasPrometheus()) return true;
  const isTestRun = process.argv[1]?.includes('vitest') === true && !process.argv.includes('unit');
  if (isTestRun) process.stderr.write('left out: monitoring/ in Prometheus, since there is none\n');
  return false;
}

/** Where the runs of the tests write down what they do on servers. */
const stateDirectory = join(tmpdir(), `pgdrill-test-state-${process.pid}`);

/**
 * What the files of a worker share is loaded once: it takes longer to load than most of them take. So a test leaves nothing
 * behind in its process.
 */
const shared = { isolate: false };

/**
 * The tests of all kinds of sandbox run at one time, one file more than there are processors: a drill waits a good part of
 * its time. A limit is there to end what hangs, and no test is to meet it on a machine that is slow or stalls.
 */
const together = {
  ...shared,
  maxWorkers: availableParallelism() + 1,
  testTimeout: 600_000,
  hookTimeout: 600_000,
  sequence: { groupOrder: 2 },
};

export default defineConfig({
  test: {
    reporters: ['default', './test/no-skipped-tests.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{unit,properties}/**/*.test.ts', 'test/architecture.test.ts'],
          env: { TZ: 'UTC' },
          testTimeout: process.env['PGDRILL_FUZZ_RUNS'] === undefined ? 120_000 : 7_200_000,
          ...shared,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/{contract,integration,trials,faults,e2e}/**/*.test.ts'],
          exclude: [
            'test/contract/{docker,ssh}.test.ts',
            'test/trials/paused.test.ts',
            // `npm run test:faults` runs them; the table says which they are, and docs/faults.md how many.
            ...(process.env['PGDRILL_LONG_FAULTS'] === undefined ? ['test/faults/long*.test.ts'] : []),
            ...(withPrometheus() ? [] : ['test/integration/monitoring.test.ts']),
            ...(withBrowser() ? [] : ['test/trials/{looks,site}.test.ts']),
          ],
          globalSetup: ['./test/fixtures/global-setup.ts'],
          setupFiles: ['./test/fixtures/golden-unchanged.ts'],
          ...together,
        },
      },
      ...(withContainers()
        ? [
            {
              test: {
                name: 'docker',
                include: [
                  'test/docker/**/*.test.ts',
                  'test/contract/docker.test.ts',
                  // Of the cases on this machine those that a container has a part in.
                  'test/integration/{targets,faults,slow-faults,tablespaces,integrity,shell}.test.ts',
                  'test/trials/{claims,fence,worst,paused}.test.ts',
                ],
                globalSetup: ['./test/fixtures/docker-images.ts', './test/fixtures/global-setup.ts'],
                setupFiles: ['./test/fixtures/golden-unchanged.ts'],
                env: { PGDRILL_TEST_SANDBOX: 'docker' },
                ...together,
              },
            },
            {
              test: {
                name: 'ssh',
                include: [
                  'test/ssh/**/*.test.ts',
                  'test/contract/ssh.test.ts',
                  // Of the cases on this machine those that a server has a part in.
                  'test/integration/{targets,faults,slow-faults,tablespaces,integrity,shell}.test.ts',
                  'test/trials/{claims,fence,worst}.test.ts',
                ],
                globalSetup: [
                  './test/fixtures/docker-images.ts',
                  './test/fixtures/global-setup.ts',
                  './test/fixtures/ssh-setup.ts',
                ],
                setupFiles: ['./test/fixtures/golden-unchanged.ts', './test/fixtures/own-notes.ts'],
                env: { PGDRILL_TEST_SANDBOX: 'ssh', XDG_STATE_HOME: stateDirectory },
                ...together,
              },
            },
          ]
        : []),
    ],
  },
});
