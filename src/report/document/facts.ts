import type { DrillReport } from '../report.ts';
import type { Block, Fact, Inline, Section } from './blocks.ts';
import { codeOr, durationText, sizeText, stampText } from './words.ts';
import { targetWords } from './target.ts';

const UNKNOWN = 'not known';

/** Which backup of which cluster was used, and what it was to be recovered to. */
export function describeSource(report: DrillReport): Section {
  const facts: Block = {
    kind: 'facts',
    rows: [
      ...sourceFacts(report.source),
      ...backupFacts(report),
      ...skippedFacts(report.source),
      ...targetFacts(report.target),
    ],
  };
  return { title: 'Source and target', blocks: [facts] };
}

function sourceFacts({ stanza, repo, postgres, archive }: DrillReport['source']): Fact[] {
  const where = repo
    ? [
        `${repo.key}: ${repo.type}${repo.host === null ? '' : ` on ${repo.host}`}, ${encryption(repo.cipher)}${access(repo.writable)}`,
      ]
    : [UNKNOWN];
  return [
    ['Stanza', { code: stanza }],
    ['Repository', where],
    [
      'Cluster',
      postgres ? [`PostgreSQL ${postgres.version}, system identifier `, { code: postgres.systemId }] : UNKNOWN,
    ],
    ['Archive on the way of this recovery', archive ? archiveWords(archive) : UNKNOWN],
  ];
}

/** Nothing is said where nothing is known. */
function access(writable: boolean | null): string {
  if (writable === null) return '';
  return writable ? ', which the drill could have written to' : ', read-only to the drill';
}

function encryption(cipher: string): string {
  return cipher === 'none' ? 'not encrypted' : `encrypted with ${cipher}`;
}

function archiveWords({ id, min, max, segments }: NonNullable<DrillReport['source']['archive']>): Inline[] {
  return [{ code: id }, `, ${segments} segments, `, codeOr(min, '?'), ' to ', codeOr(max, '?')];
}

function backupFacts({ source: { backup }, selection }: DrillReport): Fact[] {
  if (!backup) return [['Backup', UNKNOWN], ...selectionFacts(selection)];
  return [
    ['Backup', [{ code: backup.label }, `, ${backup.type}, chosen as `, { code: backup.choice }]],
    ...selectionFacts(selection),
    [
      'Backup builds on',
      backup.reference.length === 0
        ? 'no other backup'
        : backup.reference.flatMap((label, index) => (index === 0 ? [{ code: label }] : [', ', { code: label }])),
    ],
    [
      'Backup taken',
      `${stampText(backup.startedAt)} to ${stampText(backup.stoppedAt)}; ${durationText(backup.ageMs)} old when the run began`,
    ],
    ['Backup size', sizeText(backup.sizeBytes)],
    ['Backup LSN', [codeOr(backup.lsn.start, UNKNOWN), ' to ', codeOr(backup.lsn.stop, UNKNOWN)]],
    ['Backup WAL', [codeOr(backup.walStart, UNKNOWN), ' to ', codeOr(backup.walStop, UNKNOWN)]],
  ];
}

function selectionFacts(selection: DrillReport['selection']): Fact[] {
  if (selection === null) return [];
  const { kind, reason, seed, candidates } = selection;
  const drawnBy: Fact[] = seed === null ? [] : [['Drawn by the seed', { code: seed }]];
  if (kind !== 'random' && kind !== 'rotate') return drawnBy;
  const left = candidates.filter(({ leftOut }) => leftOut !== null);
  return [
    ['Why this one', reason],
    ...drawnBy,
    ...left.map(({ repo, age, target, leftOut }): Fact => [
      'Left out',
      `repository ${repo}, ${age ?? 'no'} backup, target ${target}: ${leftOut}`,
    ]),
  ];
}

function skippedFacts({ skippedSets }: DrillReport['source']): Fact[] {
  return skippedSets.map(({ label, why }): Fact => ['Passed over', [{ code: label }, `: ${why}`]]);
}

function targetFacts(target: DrillReport['target']): Fact[] {
  const typed: Fact[] = target.asTyped === null ? [] : [['Recovery target as typed', { code: target.asTyped }]];
  return [
    ['Recovery target', targetWords(target)],
    ...typed,
    ['Timeline asked for', codeOr(target.timeline, UNKNOWN)],
    ['At the target', target.action === 'promote' ? 'promote' : 'stay a standby'],
  ];
}

/** Who ran what, where, and with which versions. */
export function describeEnvironment(report: DrillReport): Section {
  const { sandbox, trigger, environment } = report;
  const rows: Fact[] = [
    ['Run', [{ code: report.runId }, `, ${trigger.kind}, by ${trigger.user}`]],
    ['Time', `${stampText(report.startedAt)} to ${stampText(report.finishedAt)}`],
    [
      'Plan',
      trigger.plan === null
        ? 'none: the command line said it all'
        : [{ code: trigger.plan }, ', SHA-256 ', codeOr(trigger.planSha256, UNKNOWN)],
    ],
    ['Sandbox', `${sandbox.kind}, process-max ${sandbox.processMax ?? UNKNOWN}`],
    ...(sandbox.container ? [['Container', containerText(sandbox.container)] as const] : []),
    ...(sandbox.server ? [['Server', serverText(sandbox.server)] as const] : []),
    ['Machine', sandbox.host ? machineText(sandbox.host) : UNKNOWN],
    ['Confinement', sandbox.isolation ? confinementText(sandbox.isolation) : UNKNOWN],
    [
      'Versions',
      `PostgreSQL ${sandbox.versions.postgres ?? UNKNOWN}; pgBackRest ${sandbox.versions.pgbackrest ?? UNKNOWN}`,
    ],
    [
      'pgdrill',
      `${environment.pgdrill} on Node ${environment.node}, host ${environment.host}, user ${environment.user}; report schema ${report.schemaVersion}`,
    ],
  ];
  return { title: 'Environment', blocks: [{ kind: 'facts', rows }] };
}

function machineText(host: NonNullable<DrillReport['sandbox']['host']>): string {
  return `${host.hostname}, ${host.os}, kernel ${host.kernel}, ${host.arch}, ${host.cpus} CPUs, ${sizeText(host.memoryBytes)} of memory, user ${host.user}`;
}

const NETWORK = { none: 'cut off', repository: 'the repository alone', open: 'reachable' } as const;

function confinementText(isolation: NonNullable<DrillReport['sandbox']['isolation']>): string {
  const { readOnlyFileSystem, network, noPrivileges, shown } = isolation;
  const files = `file system ${readOnlyFileSystem ? 'read-only' : 'writable'}`;
  const more = shown.length === 0 ? '' : `; the plan shows ${shown.join(', ')}`;
  return `${files}, network ${NETWORK[network]}, ${noPrivileges ? 'no' : 'WITH'} privileges of root${more}`;
}

function containerText(container: NonNullable<DrillReport['sandbox']['container']>): string {
  const { engine, image, imageId, user, memoryLimitBytes, cpuLimit } = container;
  const memory = memoryLimitBytes === null ? 'no limit of memory' : `${sizeText(memoryLimitBytes)} of memory`;
  const cpus = cpuLimit === null ? 'no limit of CPUs' : `${cpuLimit} CPUs`;
  return `${image} (${imageId.replace('sha256:', '').slice(0, 12)}) on ${engine}, as ${user}, ${memory}, ${cpus}`;
}

function serverText(server: NonNullable<DrillReport['sandbox']['server']>): string {
  const { host, user, port, hostKey, id, createMs, readyMs, bootstrapMs, installed, outages, outageMs } = server;
  const parts: [string, number | null][] = [
    ['made in', createMs],
    ['let us in after', readyMs],
    ['installed in', bootstrapMs],
  ];
  const times = parts.flatMap(([what, ms]) => (ms === null ? [] : [`${what} ${durationText(ms)}`]));
  return [
    `${user === null ? '' : `${user}@`}${host}${port === null ? '' : `:${port}`}`,
    `host key ${hostKey ?? UNKNOWN}`,
    id === null ? 'was there before' : `made for this run as ${id}`,
    ...times,
    ...(installed.length > 0 ? [`with ${installed.join(', ')}`] : []),
    ...(outages > 0 ? [`connection broken ${outages} times, for ${durationText(outageMs)}`] : []),
  ].join('; ');
}
