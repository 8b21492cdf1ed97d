import type { CheckReport, DrillReport } from '../report.ts';
import type { RungReport } from '../rungs.ts';
import { checkMark } from './checks.ts';
import { paragraph, type Block, type Section, type Words } from './blocks.ts';
import { sentence, stampText } from './words.ts';

/** Wider tables are read by nobody: of more checks only those are shown that did not hold somewhere. */
const MOST_COLUMNS = 5;

/** What was seen at each of several targets; no section for a run with one. */
export function describeRungs(report: DrillReport): Section[] {
  const { rungs } = report;
  if (rungs.length === 0) return [];
  const names = shownChecks(report);
  const rows = rungs.map((rung) => [
    rung.reached ? { tone: 'good' as const, mark: 'reached' } : { tone: 'bad' as const, mark: 'not reached' },
    rung.text,
    commitWords(rung.lastCommit),
    commitWords(rung.nextCommit),
    ...names.map((name) => seenWords(checksAt(rung, report).find((check) => check.name === name))),
  ]);
  const head = ['Result', 'Target', 'Last commit before', 'Next commit', ...names];
  return [{ title: 'Targets', blocks: [paragraph(ABOUT), { kind: 'table', head, rows }] }];
}

const ABOUT =
  'One recovery went through all targets. It was held at each, at the first record of the WAL behind the target, and asked read-only; at the last the copy was promoted, and asked everything. Its times are not those of a recovery to one target, so that no RTO was measured.';

/** Why each target is known to be reached. */
export function describeRungProofs({ rungs }: DrillReport): Section[] {
  const items = rungs.flatMap(({ text, proof }): Words[] =>
    proof === null ? [] : [[{ strong: text }, `: ${sentence(proof)}`]],
  );
  const blocks: Block[] = [{ kind: 'list', items }];
  return items.length === 0 ? [] : [{ title: 'Proof of each target', blocks }];
}

function commitWords(commit: RungReport['lastCommit']): Words {
  return commit === null ? 'none' : [stampText(commit.at), ' (', { code: commit.xid ?? '?' }, ')'];
}

/** At the last target the copy was promoted, and the checks of the run were asked there. */
function checksAt(rung: RungReport, report: DrillReport): readonly CheckReport[] {
  return rung.state === 'promoted' ? report.checks : rung.checks;
}

function shownChecks(report: DrillReport): string[] {
  const asked = report.rungs.flatMap(({ checks }) => checks);
  const names = [...new Set(asked.map(({ name }) => name))];
  if (names.length <= MOST_COLUMNS) return names;
  const broken = new Set(asked.filter(({ status }) => status !== 'passed').map(({ name }) => name));
  return names.filter((name) => broken.has(name)).slice(0, MOST_COLUMNS);
}

function seenWords(check: CheckReport | undefined): Words {
  if (check === undefined) return '–';
  const { observed, message } = check;
  const seen = observed === null ? (message ?? '') : observed === '' ? 'an empty text' : { code: observed };
  return [checkMark(check), ' ', seen];
}
