import type { CheckReport, DrillReport } from '../report.ts';
import { paragraph, type Block, type Inline, type Section, type Words } from './blocks.ts';
import { codeOr, durationText } from './words.ts';

const STATUS_ORDER: readonly CheckReport['status'][] = ['failed', 'error', 'skipped', 'passed'];

/** The plan's own checks and the isolation assertions, in each what did not hold first, critical before warning. */
export function splitChecks(checks: DrillReport['checks']): {
  readonly own: CheckReport[];
  readonly isolation: CheckReport[];
} {
  const ordered = checks.toSorted((a, b) => rank(a) - rank(b));
  return {
    own: ordered.filter(({ kind }) => kind !== 'isolation'),
    isolation: ordered.filter(({ kind }) => kind === 'isolation'),
  };
}

function rank({ status, severity }: CheckReport): number {
  return STATUS_ORDER.indexOf(status) * 2 + Number(severity === 'warning');
}

/** What was asked of the restored instance and what it answered. */
export function describeChecks(report: DrillReport): Section {
  const { own, isolation } = splitChecks(report.checks);
  return { title: 'Checks', blocks: [...ownChecks(own, report), ...statements(own), ...isolationBlocks(isolation)] };
}

function ownChecks(checks: readonly CheckReport[], { phases }: DrillReport): Block[] {
  if (checks.length > 0) {
    const head = ['Result', 'Check', 'Kind', 'Severity', 'Expected', 'Observed', 'Took'];
    return [{ kind: 'table', head, rows: checks.map(describeCheck) }];
  }
  const verified = phases.some(({ id, status }) => id === 'verify' && status === 'done');
  return [
    paragraph(
      verified
        ? 'The plan has no checks of its own: nothing was asked of the data.'
        : 'The run did not get as far as the checks of the plan.',
    ),
  ];
}

function describeCheck(check: CheckReport): Words[] {
  const { name, kind, severity, expected, durationMs } = check;
  return [checkMark(check), name, kind, severity, codeOr(expected, ''), observedWords(check), durationText(durationMs)];
}

/** How a check ended, as a mark. One of severity warning warns, and a skipped one never looks like one that passed. */
function checkMark({ status, severity }: CheckReport): Inline {
  if (status === 'passed') return { tone: 'good', mark: status };
  return { tone: severity === 'critical' && status !== 'skipped' ? 'bad' : 'warning', mark: status };
}

function observedWords({ observed, message }: CheckReport): Inline[] {
  const value = observed === null ? [] : [observed === '' ? 'an empty text' : { code: observed }];
  const between = observed !== null && message !== null ? ['; '] : [];
  const said = message === null ? [] : [message];
  return value.length + said.length === 0 ? ['nothing'] : [...value, ...between, ...said];
}

function statements(checks: readonly CheckReport[]): Block[] {
  const blocks = checks.flatMap(({ name, sql }): Block[] =>
    sql === null ? [] : [paragraph({ strong: name }), { kind: 'listing', language: 'sql', text: sql }],
  );
  return blocks.length === 0 ? [] : [{ kind: 'folded', title: 'The SQL of the checks', blocks }];
}

function isolationBlocks(checks: readonly CheckReport[]): Block[] {
  if (checks.length === 0) return [paragraph('Isolation: no assertion was made.')];
  const rows = checks.map((check) => [checkMark(check), check.name, codeOr(check.expected, ''), observedWords(check)]);
  const table: Block = { kind: 'table', head: ['Result', 'Isolation assertion', 'Expected', 'Observed'], rows };
  const broken = checks.filter(({ status }) => status !== 'passed').length;
  if (broken === 0)
    return [{ kind: 'folded', title: `Isolation: all ${checks.length} assertions held`, blocks: [table] }];
  return [paragraph({ strong: `Isolation: ${broken} of ${checks.length} assertions did not hold` }), table];
}
