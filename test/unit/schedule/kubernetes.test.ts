import { CronJob } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { duesBetween } from '../../../src/schedule/due.ts';
import { readSchedule, type Schedule } from '../../../src/schedule/schedule.ts';
import { kubernetesManifests, type KubernetesPlace } from '../../../src/schedule/timers/kubernetes.ts';
import type { TimedDrill } from '../../../src/schedule/timers/timed-drill.ts';
import { randomSchedules, shownAt } from '../../fixtures/random-schedules.ts';

const PLACE: KubernetesPlace = {
  image: 'registry.example.org/pgdrill-program:17',
  namespace: null,
  repositoryClaim: null,
  repositoryPath: '/var/lib/pgbackrest',
  uid: 999,
};

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly schedule: string;
    readonly timeZone: string;
    readonly startingDeadlineSeconds: number;
  };
}

function drillOf(schedule: Schedule, name = 'orders'): TimedDrill {
  return {
    name,
    schedule,
    planFile: '/etc/pgdrill/drills/orders.yaml',
    directory: '/etc/pgdrill',
    writes: [],
    needsEngine: false,
    endsAfterMs: 88_200_000,
  };
}

function manifests(schedule: Schedule, place: Partial<KubernetesPlace> = {}, name = 'orders'): Manifest[] {
  const drill = drillOf(schedule, name);
  // As Kubernetes reads it.
  const documents = parseAllDocuments(kubernetesManifests(drill, { ...PLACE, ...place }), { version: '1.1' });
  return documents.map((document) => document.toJS() as Manifest);
}

/** Kubernetes' own schema of it (1.27), by the package that is made of that. Throws for what does not hold. */
function validate(manifest: Manifest): void {
  if (manifest.kind === 'CronJob') new CronJob(manifest as never).validate();
  else new NetworkPolicy(manifest as never).validate();
}

test('the schema of Kubernetes takes the manifests', () => {
  const [job, ...none] = manifests(readSchedule('monthly'));
  expect(none).toEqual([]);
  expect(job).toMatchObject({
    kind: 'CronJob',
    metadata: { name: 'pgdrill-orders' },
    spec: { schedule: '0 3 1 * *', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 518_400 },
  });
  const both = manifests(readSchedule('weekly'), { repositoryClaim: 'repository', namespace: 'backups' });
  expect(both.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
    ['CronJob', 'backups'],
    ['NetworkPolicy', 'backups'],
  ]);
  for (const manifest of [job, ...both]) if (manifest) validate(manifest);
});

test('and would refuse others', () => {
  const [job] = manifests(readSchedule('monthly'));
  if (!job) throw new Error('no manifest');
  expect(() => validate({ ...job, spec: { ...job.spec, concurrencyPolicy: 'Never' } as never })).toThrow(
    /concurrencyPolicy/,
  );
  expect(() => validate({ ...job, spec: { ...job.spec, startingDeadlineSeconds: 'soon' } as never })).toThrow(
    /startingDeadlineSeconds/,
  );
});

test('a repository on a volume is read-only, and takes the network away', () => {
  const [job] = manifests(readSchedule('monthly'), { repositoryClaim: 'repository', repositoryPath: '/backups' });
  const pod = JSON.stringify(job);
  expect(pod).toContain('{"name":"repository","mountPath":"/backups","readOnly":true}');
  expect(pod).toContain('"persistentVolumeClaim":{"claimName":"repository","readOnly":true}');
  // It would give the files of the repository to another group.
  expect(pod).not.toContain('fsGroup');
});

test.each([
  ['orders', 'pgdrill-orders'],
  ['Orders.EU_1', /^pgdrill-orders-eu-1-[0-9a-f]{8}$/],
  ['orders-eu-1', 'pgdrill-orders-eu-1'],
  ['a'.repeat(63), /^pgdrill-a{35}-[0-9a-f]{8}$/],
])('the drill %s', (drill, name) => {
  const [job] = manifests(readSchedule('monthly'), {}, drill);
  if (job) validate(job);
  expect(job?.metadata.name).toMatch(name);
  expect(job?.metadata.name.length).toBeLessThanOrEqual(52);
});

test.each([
  [{ every: '2w', at: '04:30', timezone: 'Europe/Istanbul' }, '30 4 * * 1', 518_400],
  [{ cron: '0 2 * * 7', timezone: 'Europe/Berlin' }, '0 2,3 * * 0', 518_400],
  // On the first, and on Mondays: with days and weekdays it is either, for Kubernetes too.
  [{ cron: '0 5 1 * 1' }, '0 5 1 * 1', 518_400],
  // Both, which Kubernetes cannot ask for: pgdrill decides.
  [{ cron: '0 5 */10 * 1' }, '0 5 1,11,21,31 * 1', 518_400],
  [{ cron: '0 5 1-31 * 1' }, '0 5 * * *', 86_400],
  [{ cron: '* * * * *' }, '* * * * *', 5400],
] as const)('%j', (written, fields, seconds) => {
  const [job] = manifests(readSchedule('cron' in written ? written : { ...written }));
  expect([job?.spec.schedule, job?.spec.startingDeadlineSeconds]).toEqual([fields, seconds]);
});

test('the plans of all drills go into one ConfigMap', () => {
  const plans = ['/etc/pgdrill/drills/orders.yaml', "/etc/pgdrill/drills/it's.yaml"];
  const text = kubernetesManifests(drillOf(readSchedule('monthly')), PLACE, plans);
  expect(text).toContain(
    String.raw`configmap pgdrill-plans --from-file=/etc/pgdrill/drills/orders.yaml --from-file='/etc/pgdrill/drills/it'\''s.yaml'`,
  );
});

function holds(field: string, value: number): boolean {
  return field === '*' || field.split(',').includes(String(value));
}

/** Whether the fields of a CronJob hold what the clock of its zone shows. */
function starts(fields: string, clock: Date): boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields.split(' ');
  const [ofMonth, ofWeek] = [holds(day, clock.getUTCDate()), holds(weekday, clock.getUTCDay())];
  const onDay = day === '*' || weekday === '*' ? ofMonth && ofWeek : ofMonth || ofWeek;
  return (
    onDay &&
    holds(minute, clock.getUTCMinutes()) &&
    holds(hour, clock.getUTCHours()) &&
    holds(month, clock.getUTCMonth() + 1)
  );
}

test('a job starts whenever a drill is due, or within the hour where the clock leaves that time out', () => {
  for (const schedule of randomSchedules(80, 2)) {
    const [job] = manifests(schedule);
    const zone = schedule.timezone ?? 'UTC';
    const dues = duesBetween(schedule, new Date('2026-02-01T00:00:00Z'), new Date('2027-02-01T00:00:00Z')).take(400);
    const notStarted = [...dues].filter((due) => {
      const within = [0, 15, 30, 45].map((minutes) => shownAt(due.getTime() + minutes * 60_000, zone));
      return !within.some((clock) => starts(job?.spec.schedule ?? '', clock));
    });
    expect([schedule.text, notStarted]).toEqual([schedule.text, []]);
  }
});
