import { splitChecks } from '../document/checks.ts';
import { objectiveLines, type ObjectiveLine } from '../document/objectives.ts';
import { whatWasDone } from '../document/verdict.ts';
import { durationText, sentence } from '../document/words.ts';
import { escapeProse } from '../markdown/escape.ts';
import { printWords } from '../markdown/print.ts';
import type { CheckReport, DrillReport, ReasonReport } from '../report.ts';
import { evidenceReference } from './resources.ts';
import { propertiesOf, stringOf, uuidOf } from './values.ts';

/** Something that the drill saw; `part` names it within the run. */
interface Seen {
  readonly part: readonly string[];
  readonly title: string;
  /** Markdown. */
  readonly description: string;
  readonly props?: readonly object[];
}

/** An observation of OSCAL. */
interface Observation {
  readonly uuid: string;
}

/**
 * What the drill saw, as observations: the recovery, each figure, each check of the plan, the isolation, and each reason.
 * Values of restored data are left out: they stand in the report. All rest on the evidence of the run.
 */
export function observationsOf(report: DrillReport): Observation[] {
  const evidence = report.evidence.map(({ file }) => ({
    href: evidenceReference(report, file),
    description: escapeProse(stringOf(file)),
  }));
  return whatWasSeen(report).map(({ part, title, description, props = [] }) => ({
    uuid: uuidOf(report, 'observation', ...part),
    title: escapeProse(stringOf(title)),
    description,
    ...(props.length === 0 ? {} : { props }),
    methods: ['TEST'],
    types: ['control-objective'],
    ...(evidence.length === 0 ? {} : { 'relevant-evidence': evidence }),
    collected: report.finishedAt,
  }));
}

function whatWasSeen(report: DrillReport): Seen[] {
  const { own, wholeness, isolation } = splitChecks(report.checks);
  return [
    recoverySeen(report),
    ...objectiveLines(report)
      .filter(({ measuredMs, objectiveMs }) => measuredMs !== null || objectiveMs !== null)
      .map(figureSeen),
    ...own.map(checkSeen),
    ...assertionsSeen('wholeness', 'The restored databases and relations are whole', wholeness),
    ...assertionsSeen('isolation', 'The copy was cut off from production', isolation),
    // What a check has to say may quote restored data, and the check is among the observations already.
    ...report.reasons.filter(({ code }) => !code.startsWith('check-')).map(reasonSeen),
  ];
}

function reasonSeen({ code, message, phase }: ReasonReport, index: number): Seen {
  return {
    part: ['reason', String(index)],
    title: `Reason: ${code}`,
    description: escapeProse(sentence(message)),
    props: propertiesOf({ code, phase }),
  };
}

function recoverySeen(report: DrillReport): Seen {
  const { recovery, source } = report;
  const proof = recovery?.proof ?? null;
  return {
    part: ['recovery'],
    title: recovery?.reached === true ? 'The recovery target was reached' : 'The recovery target was not reached',
    description: `${printWords(whatWasDone(report))}${proof === null ? '' : ` ${escapeProse(sentence(proof))}`}`,
    props: propertiesOf({
      reached: recovery?.reached ?? false,
      backup: source.backup?.label ?? null,
      'last-commit-at': recovery?.lastCommitAt ?? null,
      'last-replayed-lsn': recovery?.lastReplayedLsn ?? null,
    }),
  };
}

function figureSeen({ id, name, measured, measuredMs, objectiveMs, met, note }: ObjectiveLine): Seen {
  const objective = objectiveMs === null ? 'no objective was stated' : `the objective is ${durationText(objectiveMs)}`;
  return {
    part: ['figure', id],
    title: name,
    description: escapeProse(`${name}: ${measured}; ${objective}. How it is measured: ${sentence(note)}`),
    props: propertiesOf({ 'measured-ms': measuredMs, 'objective-ms': objectiveMs, met }),
  };
}

function checkSeen({ name, kind, severity, status }: CheckReport, index: number): Seen {
  return {
    part: ['check', String(index)],
    title: `Check: ${name}`,
    description: escapeProse(`The check ${name} of the plan ended as ${status}.`),
    props: propertiesOf({ kind, severity, status }),
  };
}

function assertionsSeen(part: string, title: string, made: readonly CheckReport[]): Seen[] {
  if (made.length === 0) return [];
  const broken = made.filter(({ status }) => status !== 'passed').map(({ name }) => name);
  const held = `${made.length - broken.length} of ${made.length} assertions held.`;
  const which = broken.length === 0 ? '' : ` Not: ${sentence(broken.join('; '))}`;
  return [
    {
      part: [part],
      title: `${title}: ${broken.length === 0 ? 'yes' : 'no'}`,
      description: escapeProse(`${held}${which}`),
      props: propertiesOf({ made: made.length, held: made.length - broken.length }),
    },
  ];
}
