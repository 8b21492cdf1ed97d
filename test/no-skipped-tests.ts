import type { Reporter, TestModule } from 'vitest/node';

/** A skipped test is a question that was not asked: it fails the run. */
export default class NoSkippedTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    process.exitCode = 1;
    for (const test of skipped) process.stderr.write(`SKIPPED ${test.module.relativeModuleId} > ${test.fullName}\n`);
  }
}
