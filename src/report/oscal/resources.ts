import type { DrillReport } from '../report.ts';
import { stringOf, uuidOf } from './values.ts';
import { escapeProse } from '../markdown/escape.ts';

/** Files that the results refer to, with their digests: the plan first, then the evidence of the run. */
export function resourcesOf(report: DrillReport): object[] {
  return [planResource(report), ...report.evidence.map((file) => evidenceResource(report, file))];
}

/** How the plan is referred to. */
export function planReference(report: DrillReport): string {
  return `#${uuidOf(report, 'plan')}`;
}

/** How a file of evidence is referred to. */
export function evidenceReference(report: DrillReport, file: string): string {
  return `#${uuidOf(report, 'evidence', file)}`;
}

function planResource(report: DrillReport): object {
  const { plan, planSha256 } = report.trigger;
  const description =
    plan === null
      ? 'The drill had no plan file: options of the command line said what to do. They stand in report.json.'
      : 'The plan that the drill followed.';
  const link = plan === null ? [] : [{ href: encodeURI(plan), ...digest(planSha256) }];
  return {
    uuid: uuidOf(report, 'plan'),
    title: 'Plan of the drill',
    description,
    ...(link.length === 0 ? {} : { rlinks: link }),
  };
}

function evidenceResource(report: DrillReport, { file, sha256 }: DrillReport['evidence'][number]): object {
  return {
    uuid: uuidOf(report, 'evidence', file),
    title: escapeProse(stringOf(file)),
    description: 'A file in the folder of the run, beside report.json.',
    rlinks: [{ href: encodeURIComponent(stringOf(file)), ...digest(sha256) }],
  };
}

function digest(sha256: string | null): object {
  return sha256 === null ? {} : { hashes: [{ algorithm: 'SHA-256', value: stringOf(sha256) }] };
}
