import { expect, test } from 'vitest';
import { DrillError } from '../../../src/core/errors.ts';
import type { ReasonCode } from '../../../src/core/reason-codes.ts';
import { reasonFor } from '../../../src/drill/why-ended.ts';
import type { RunRecord } from '../../../src/drill/run-record.ts';

const { signal } = new AbortController();
const ENDINGS = { cancel: signal, deadline: signal, full: null };

/** A run in a sandbox that blames this for its end; null: nothing. */
function runIn(blamed: ReasonCode | null): RunRecord {
  const blame = () => Promise.resolve(blamed && new DrillError(blamed, 'the line is gone'));
  return {
    station: { blame, host: { list: () => Promise.resolve([]) }, paths: {} },
    restore: null,
  } as unknown as RunRecord;
}

test.each<[ReasonCode, ReasonCode | null, ReasonCode]>([
  ['tool-missing', null, 'tool-missing'],
  ['tool-missing', 'protocol-error', 'protocol-error'],
  ['tool-missing', 'connection-lost', 'connection-lost'],
  ['sandbox-failed', 'connection-lost', 'connection-lost'],
  ['backup-label-unknown', null, 'backup-label-unknown'],
])('%s in a sandbox that blames %s: %s', async (thrown, blamed, code) => {
  const reason = await reasonFor(new DrillError(thrown, 'as it looks from inside'), runIn(blamed), ENDINGS);
  expect(reason?.code).toBe(code);
});

test('an error of our own is no reason, unless the sandbox broke', async () => {
  expect(await reasonFor(new TypeError('x'), runIn(null), ENDINGS)).toBeNull();
  expect((await reasonFor(new TypeError('x'), runIn('connection-lost'), ENDINGS))?.code).toBe('connection-lost');
});
