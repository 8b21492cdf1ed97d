import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ICronJob } from 'kubernetes-models/batch/v1';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { Document } from 'yaml';
import { type Calendar, isOpen, leastMinutesBetween } from '../calendar.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import type { Schedule } from '../schedule.ts';
import type { TimedDrill } from './timed-drill.ts';

/** What a plan does not say of a cluster of Kubernetes. */
export interface KubernetesPlace {
  /** The image with the whole program. */
  readonly image: string;
  /** Null: the one that kubectl is at. */
  readonly namespace: string | null;
  /** The claim of the volume with the repository; null: it is reached by network. */
  readonly repositoryClaim: string | null;
  /** Where the repository is in the container, as pgBackRest's configuration has it. */
  readonly repositoryPath: string;
  /** Who the drill is there: the owner of the repository. */
  readonly uid: number;
}

const PLANS = 'pgdrill-plans';
const CONFIG = 'pgdrill-pgbackrest';
const REPORTS = 'pgdrill-reports';

/** The working directory and the home of the image: docker/program.Dockerfile. */
const HOME = '/pgdrill';

/**
 * The manifests of a drill, for `kubectl apply`: a CronJob, and a policy that takes its network away where it needs none. `plans` are
 * the files of all drills there, since they lie in one ConfigMap.
 */
export function kubernetesManifests(
  drill: TimedDrill,
  place: KubernetesPlace,
  plans: readonly string[] = [drill.planFile],
): string {
  const documents: (ICronJob | INetworkPolicy)[] = [cronJob(drill, place)];
  if (place.repositoryClaim !== null) documents.push(noNetwork(drill, place));
  const [first = '', ...more] = documents.map(yamlText);
  return `${headOf(drill, place, plans)}${[first, ...more].join('---\n')}`;
}

/** Kubernetes reads YAML 1.1, where `on` is no text. */
function yamlText(value: object): string {
  return new Document(value, { version: '1.1', aliasDuplicateObjects: false })
    .toString({ lineWidth: 0, directives: false })
    .replace(/^%YAML 1\.1\n---\n/, '');
}

function headOf({ name, schedule }: TimedDrill, { namespace, uid }: KubernetesPlace, plans: readonly string[]): string {
  const where = namespace === null ? '' : ` --namespace ${namespace}`;
  return `# The restore drill ${name}, due ${schedule.words.replace("the machine's time", 'UTC')}: by drill schedule print. It needs in its namespace:
#   kubectl create configmap ${PLANS}${where} ${plans.map((file) => `--from-file=${shellQuote(file)}`).join(' ')}
#   kubectl create secret generic ${CONFIG}${where} --from-file=/etc/pgbackrest/pgbackrest.conf
#   a PersistentVolumeClaim ${REPORTS}, where reports stay, and which the user ${uid} may write to
`;
}

function cronJob(drill: TimedDrill, place: KubernetesPlace): ICronJob {
  const { schedule, endsAfterMs } = drill;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata(drill, place),
    spec: {
      schedule: cronFields(schedule),
      // The clock of the image is that of UTC.
      timeZone: schedule.timezone ?? 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: startingDeadlineSeconds(schedule),
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          // A drill that failed is looked at. It is not tried until it passes.
          backoffLimit: 0,
          activeDeadlineSeconds: Math.ceil(endsAfterMs / 1000),
          template: { metadata: { labels: labels(drill) }, spec: podSpec(drill, place) },
        },
      },
    },
  };
}

function metadata(drill: TimedDrill, { namespace }: KubernetesPlace) {
  const where = namespace === null ? {} : { namespace };
  return { name: objectName(drill.name), ...where, labels: labels(drill) };
}

function labels({ name }: TimedDrill): Record<string, string> {
  return { 'app.kubernetes.io/name': 'pgdrill', 'app.kubernetes.io/instance': objectName(name) };
}

/** A name that a CronJob may have: 52 characters, no capitals, no dots. What is not in it is in its end. */
function objectName(drill: string): string {
  const plain = `pgdrill-${drill.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  if (plain === `pgdrill-${drill}` && plain.length <= 52) return plain;
  const digest = createHash('sha256').update(drill).digest('hex').slice(0, 8);
  return `${plain.slice(0, 43).replace(/-$/, '')}-${digest}`;
}

type PodSpec = NonNullable<ICronJob['spec']['jobTemplate']['spec']>['template']['spec'];

function podSpec(drill: TimedDrill, place: KubernetesPlace): NonNullable<PodSpec> {
  const { uid, image, repositoryClaim: claim, repositoryPath } = place;
  const plan = `/etc/pgdrill/drills/${basename(drill.planFile)}`;
  const repository = claim === null ? [] : [{ name: 'repository', mountPath: repositoryPath, readOnly: true }];
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // pgdrill ends what it has started, and writes its report.
    terminationGracePeriodSeconds: 300,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      runAsGroup: uid,
      // No fsGroup: it would have Kubernetes change whose the files of a volume are, and one of them is the repository.
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'drill',
        image,
        args: ['run', '--scheduled', '--quiet', '--reports', `${HOME}/reports`, plan],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'scratch', mountPath: HOME },
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'reports', mountPath: `${HOME}/reports` },
          { name: 'plans', mountPath: '/etc/pgdrill/drills', readOnly: true },
          { name: 'config', mountPath: '/etc/pgbackrest', readOnly: true },
          ...repository,
        ],
      },
    ],
    volumes: [
      { name: 'scratch', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
      { name: 'reports', persistentVolumeClaim: { claimName: REPORTS } },
      { name: 'plans', configMap: { name: PLANS } },
      { name: 'config', secret: { secretName: CONFIG } },
      ...(claim === null ? [] : [{ name: 'repository', persistentVolumeClaim: { claimName: claim, readOnly: true } }]),
    ],
  };
}

/** Neither the copy nor anything else in the pod reaches anything. */
function noNetwork(drill: TimedDrill, place: KubernetesPlace): INetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(drill, place),
    spec: { podSelector: { matchLabels: labels(drill) }, policyTypes: ['Ingress', 'Egress'] },
  };
}

/** All zones that leave an hour out do so before four, but for Greenland's, which leave out the last of a day (tz database 2026). */
const GAPS_END = 4;

/**
 * The five fields. Kubernetes (robfig/cron 3) does not start what the clock leaves out when summer begins, so it asks an hour later
 * as well. A day of the month and a day of the week, as one of two calendars each, mean either there too.
 */
function cronFields({ calendars, timezone }: Schedule): string {
  const [first, second = first] = calendars;
  if (first === undefined || second === undefined) throw new Error('a schedule has a calendar');
  const hours = timezone === null ? [] : first.hours.filter((hour) => hour < GAPS_END).map((hour) => hour + 1);
  const all: Calendar = { ...first, hours: [...new Set([...first.hours, ...hours])].toSorted((a, b) => a - b) };
  return [
    listOf(all, 'minutes'),
    listOf(all, 'hours'),
    listOf(all, 'days'),
    listOf(all, 'months'),
    listOf(second, 'weekdays'),
  ].join(' ');
}

function listOf(calendar: Calendar, field: keyof Calendar): string {
  return isOpen(calendar, field) ? '*' : calendar[field].join(',');
}

const DAY_SECONDS = 86_400;

/**
 * How late a job may still be started, when nobody could start it in time: a day, or six for what is not due every day; less for
 * what is due often. Of more missed times than a hundred Kubernetes complains (1.27).
 */
function startingDeadlineSeconds({ calendars }: Schedule): number {
  const isDaily = calendars.some((calendar) => isOpen(calendar, 'days') && isOpen(calendar, 'weekdays'));
  const gaps = calendars.map(leastMinutesBetween).filter((gap) => gap !== null);
  return Math.min((isDaily ? 1 : 6) * DAY_SECONDS, ...gaps.map((gap) => gap * 60 * 90));
}
