import type { CheckReport, DrillReport } from '../report.ts';
import { paragraph, type Block, type Inline, type Section, type Words } from './blocks.ts';
import { codeOr, durationText } from './words.ts';

const STATUS_ORDER: readonly CheckReport['status'][] = ['failed', 'error', 'skipped', 'passed'];

/** The plan's own checks, those of every run, and the isolation assertions; what did not hold first, critical before warning. */
export function splitChecks(checks: DrillReport['checks']): {
  readonly own: CheckReport[];
  readonly wholeness: CheckReport[];
  readonly isolation: CheckReport[];
} {
  const ordered = checks.toSorted((a, b) => rank(a) - rank(b));
  return {
    own: ordered.filter(({ kind }) => kind !== 'wholeness' && kind !== 'isolation'),
    wholeness: ordered.filter(({ kind }) => kind === 'wholeness'),
    isolation: ordered.filter(({ kind }) => kind === 'isolation'),
  };
}

function rank({ status, severity }: CheckReport): number {
  return STATUS_ORDER.indexOf(status) * 2 + Number(severity === 'warning');
}

/** What was asked of the restored instance and what it answered; no section where the run did not get that far. */
export function describeChecks({ checks, phases }: DrillReport): Section[] {
  const { own, wholeness, isolation } = splitChecks(checks);
  const broken = isolation.filter(({ status }) => status !== 'passed');
  const lacking = wholeness.filter(({ status }) => status !== 'passed');
  const blocks = [
    ...checkTable('Check of every run', lacking),
    ...ownChecks(own, phases),
    ...brokenIsolation(broken, isolation.length),
  ];
  return blocks.length === 0 ? [] : [{ title: 'Checks', blocks }];
}

function ownChecks(checks: readonly CheckReport[], phases: DrillReport['phases']): Block[] {
  if (checks.length > 0) {
    const passed = checks.filter(({ status }) => status === 'passed');
    if (passed.length <= MOST_SHOWN) return checkTable('Check', checks);
    const others = checks.filter(({ status }) => status !== 'passed');
    const title = others.length === 0 ? `All ${passed.length} checks passed` : `${passed.length} other checks passed`;
    return [...checkTable('Check', others), { kind: 'folded', title, blocks: checkTable('Check', passed) }];
  }
  const verified = phases.some(({ id, status }) => id === 'verify' && status === 'done');
  return verified ? [paragraph('The plan has no checks of its own: nothing was asked of the data.')] : [];
}

/** More checks than this that passed are folded away. */
const MOST_SHOWN = 8;

function describeCheck(check: CheckReport): Words[] {
  return [checkMark(check), check.name, codeOr(check.expected, ''), observedWords(check)];
}

function brokenIsolation(broken: readonly CheckReport[], made: number): Block[] {
  if (broken.length === 0) return [];
  return [
    paragraph({ strong: `Isolation: ${broken.length} of ${made} assertions did not hold` }),
    ...checkTable('Assertion', broken),
  ];
}

/** Of each check what the overview leaves out, and every isolation assertion. */
export function describeCheckDetails({ checks }: DrillReport): Section[] {
  const { own, wholeness, isolation } = splitChecks(checks);
  const blocks = [
    ...own.filter(({ sql }) => sql !== null).flatMap(describeQuestion),
    ...describeUnwritten(own.filter(({ sql }) => sql === null)),
    ...checkTable('Check of every run', wholeness),
    ...checkTable('Isolation assertion', isolation),
  ];
  return blocks.length === 0 ? [] : [{ title: 'Checks in detail', blocks }];
}

/** What was asked, of what kind it is, and how long it took. */
function describeQuestion({ name, kind, severity, durationMs, sql }: CheckReport): Block[] {
  const about = paragraph([{ strong: name }, ` (${kind}, ${severity}, ${durationText(durationMs)})`]);
  return sql === null ? [about] : [about, { kind: 'listing', language: 'sql', text: sql }];
}

/** The same of checks whose question is no text of the plan. */
function describeUnwritten(checks: readonly CheckReport[]): Block[] {
  if (checks.length === 0) return [];
  const rows = checks.map(({ name, kind, severity, durationMs }) => [name, kind, severity, durationText(durationMs)]);
  return [{ kind: 'table', head: ['Check', 'Kind', 'Severity', 'Took'], rows }];
}

/** How a check ended, as a mark. One of severity warning warns, and a skipped one never looks like one that passed. */
export function checkMark({ status, severity }: CheckReport): Inline {
  if (status === 'passed') return { tone: 'good', mark: status };
  return { tone: severity === 'critical' && status !== 'skipped' ? 'bad' : 'warning', mark: status };
}

function observedWords({ observed, message }: CheckReport): Inline[] {
  const value = observed === null ? [] : [observed === '' ? 'an empty text' : { code: observed }];
  const between = observed !== null && message !== null ? ['; '] : [];
  const said = message === null ? [] : [message];
  return value.length + said.length === 0 ? ['nothing'] : [...value, ...between, ...said];
}

function checkTable(title: string, checks: readonly CheckReport[]): Block[] {
  if (checks.length === 0) return [];
  return [{ kind: 'table', head: ['Result', title, 'Expected', 'Observed'], rows: checks.map(describeCheck) }];
}
