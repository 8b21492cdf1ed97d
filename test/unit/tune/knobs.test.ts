import { expect, test } from 'vitest';
import type { DrillPlan } from '../../../src/plan/drill-plan.ts';
import { KNOB_IDS, knobOf, type KnobId } from '../../../src/tune/knobs.ts';
import { knownOf, type Known } from '../../../src/tune/known.ts';
import { isSettableByPlan } from '../../../src/postgres/settings.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

const GB = 1024 ** 3;

interface Facts extends Partial<Known> {
  readonly settings?: Readonly<Record<string, string>>;
}

function known({ settings = {}, ...facts }: Facts = {}): Known {
  return {
    cpus: 4,
    memoryBytes: 64 * GB,
    processMax: 1,
    isRemote: false,
    isWalAhead: false,
    major: 17,
    setting: (name) => settings[name] ?? null,
    ...facts,
  };
}

function idsOf(knob: KnobId, facts?: Facts): string[] {
  return knobOf(knob)
    .ways(known(facts))
    .map(({ id }) => id);
}

test.each<[string, KnobId, Facts, string[]]>([
  ['one process for each processor', 'processMax', {}, ['process-max=4']],
  ['more where they wait for a network', 'processMax', { isRemote: true }, ['process-max=4', 'process-max=16']],
  ['none where there are as many', 'processMax', { processMax: 4 }, []],
  ['never fewer than configured', 'processMax', { processMax: 8, isRemote: true }, ['process-max=16']],
  ['no more than pgBackRest takes', 'processMax', { cpus: 400, isRemote: true }, ['process-max=400']],
  ['what is usual for a server, and more', 'sharedBuffers', {}, ['shared_buffers=16GB', 'shared_buffers=25GB']],
  ['a small machine', 'sharedBuffers', { memoryBytes: GB }, ['shared_buffers=256MB', 'shared_buffers=384MB']],
  ['none that is hardly more', 'sharedBuffers', { settings: { shared_buffers: '16GB' } }, ['shared_buffers=25GB']],
  ['a number of pages', 'sharedBuffers', { settings: { shared_buffers: '2097152' } }, ['shared_buffers=25GB']],
  ['WAL ahead, by pgBackRest alone and by a script', 'walFetch', {}, ['archive-async=y', 'WAL ahead']],
  ['pgBackRest fetches ahead', 'walFetch', { settings: { 'archive-async': 'y' } }, ['WAL ahead']],
  ['WAL that comes ahead', 'walFetch', { isWalAhead: true }, []],
  ['checkpoints', 'checkpoints', {}, ['max_wal_size=16GB checkpoint_timeout=1h']],
  ['checkpoints that are put off', 'checkpoints', { settings: { max_wal_size: '32GB' } }, []],
  ['prefetch that is off', 'recoveryPrefetch', { settings: { recovery_prefetch: 'off' } }, ['recovery_prefetch=on']],
  ['prefetch that is on by itself', 'recoveryPrefetch', {}, []],
  ['no prefetch before 15', 'recoveryPrefetch', { major: 14, settings: { recovery_prefetch: 'off' } }, []],
])('%s', (_, knob, facts, ids) => {
  expect(idsOf(knob, facts)).toEqual(ids);
});

test('each way is one that a plan may have, and its lines say the same', () => {
  const plan = {
    source: { processMax: null },
    restore: { walFetch: 'as-configured' },
    sandbox: { settings: { work_mem: '1MB' } },
  } as unknown as DrillPlan;
  const facts = known({ settings: { recovery_prefetch: 'off' } });
  for (const { apply, lines } of KNOB_IDS.flatMap((id) => knobOf(id).ways(facts))) {
    const { source, sandbox, restore } = apply(plan);
    const { work_mem: kept, ...settings } = sandbox.settings;
    expect(kept).toBe('1MB');
    expect(Object.keys(settings).filter((name) => !isSettableByPlan(name))).toEqual([]);
    expect(lines.map(({ line }) => line)).toEqual([
      ...(source.processMax === null ? [] : [`process-max=${source.processMax}`]),
      ...(source.added ?? []).map(({ key, value }) => `${key}=${value}`),
      ...(restore.walFetch === 'ahead' ? ['drill recover-script PLAN'] : []),
      ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
    ]);
  }
});

test('what a report tells, within the memory of production', () => {
  const report = sampleReport();
  const facts = knownOf(report, 2, GB);
  expect(facts).toMatchObject({ cpus: report.sandbox.host?.cpus, memoryBytes: GB, processMax: 2 });
  expect(knownOf(report, 2, null)?.memoryBytes).toBe(report.sandbox.host?.memoryBytes);
  expect(knownOf({ ...report, sandbox: { ...report.sandbox, host: null } }, 2, null)).toBeNull();
});
