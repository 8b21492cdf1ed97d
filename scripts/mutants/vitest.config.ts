import { defineConfig } from 'vitest/config';

/** The unit tests of the verdict and of the proof: what is to notice each change of their code. */
export default defineConfig({
  test: {
    include: ['test/unit/{drill/judge,drill/recover,targets,checks}/*.test.ts'],
    env: { TZ: 'UTC' },
    testTimeout: 120_000,
  },
});
