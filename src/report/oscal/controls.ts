import { verdictMeaning } from '../document/verdict.ts';
import { escapeProse } from '../markdown/escape.ts';
import type { DrillReport } from '../report.ts';
import { propertiesOf, stringOf, tokenOf, uuidOf } from './values.ts';

/** OSCAL wants a control at least: where the plan names none, the drill stands for itself. */
const ITSELF = 'restore-drill';

const SUPPORTS =
  'The record of the drill supports the control. Whether the control is met is for those who assess it to judge.';

function controlsOf({ controls }: DrillReport): string[] {
  return controls.length === 0 ? [ITSELF] : [...new Set(controls)];
}

/** The controls that were looked at. */
export function reviewedControls(report: DrillReport): object {
  const controls = controlsOf(report).map((control) => ({ 'control-id': tokenOf(control) }));
  const description =
    report.controls.length === 0 ? 'The plan names no control: the drill stands for itself.' : SUPPORTS;
  return { 'control-selections': [{ description, 'include-controls': controls }] };
}

/** What the drill was to show for each control. A finding is about this objective, and not about the control. */
export function objectivesOf(report: DrillReport): object[] {
  return controlsOf(report).map((control) => ({
    'control-id': tokenOf(control),
    description: SUPPORTS,
    parts: [
      {
        id: objectiveId(control),
        name: 'assessment-objective',
        prose: 'A backup is restored and recovered, and what is restored is checked.',
      },
    ],
  }));
}

function objectiveId(control: string): string {
  return `${tokenOf(control)}_restore-drill`;
}

/**
 * A finding for each control: whether the drill passed. OSCAL knows a target that is satisfied and one that is not, and a run
 * without an answer is neither: it has no findings.
 */
export function findingsOf(report: DrillReport, observations: readonly { readonly uuid: string }[]): object[] {
  const { verdict } = report;
  if (verdict !== 'passed' && verdict !== 'failed') return [];
  const passed = verdict === 'passed';
  return controlsOf(report).map((control) => ({
    uuid: uuidOf(report, 'finding', control),
    title: escapeProse(stringOf(`Restore drill for ${control}: ${verdict}`)),
    description: escapeProse(verdictMeaning(report)),
    props: propertiesOf({ control }),
    target: {
      type: 'objective-id',
      'target-id': objectiveId(control),
      status: {
        state: passed ? 'satisfied' : 'not-satisfied',
        reason: passed ? 'pass' : 'fail',
        remarks: `This is said of the drill. ${SUPPORTS}`,
      },
    },
    'related-observations': observations.map(({ uuid }) => ({ 'observation-uuid': uuid })),
  }));
}
