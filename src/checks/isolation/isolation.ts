import type { Host } from '../../host/host.ts';
import type { CheckReport } from '../../report/report.ts';
import type { Assertion } from './assertion.ts';
import { kernelAssertions, type KernelInput } from './kernel.ts';
import { settingAssertions } from './settings.ts';
import { historiesUnchanged, tablespacesInside } from './traces.ts';

interface IsolationInput extends KernelInput {
  readonly host: Host;
  readonly preload: readonly string[];
  /** Names of the history files in the archive, before the copy was started and now. */
  readonly historiesBefore: readonly string[];
  readonly historiesNow: readonly string[];
  readonly port: number;
}

/**
 * Asserts on the running copy that it was, and is, cut off: whatever the configuration was meant to be, this is what the
 * server itself says. Each is a critical check of the drill.
 */
export async function assertIsolation(input: IsolationInput): Promise<CheckReport[]> {
  const assertions: Assertion[] = [
    ...(await settingAssertions(input)),
    await tablespacesInside(input.host, input.paths),
    historiesUnchanged(input.historiesBefore, input.historiesNow),
    ...(await kernelAssertions(input)),
  ];
  return assertions.map(({ name, expected, observed, holds }) => ({
    name,
    kind: 'isolation',
    severity: 'critical',
    status: holds ? 'passed' : 'failed',
    expected,
    observed,
    durationMs: null,
    sql: null,
    message: null,
  }));
}
