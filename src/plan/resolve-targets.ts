import { plannedKindOf } from '../targets/index.ts';
import { USUAL_TURNS } from '../targets/rotated.ts';
import { readTarget } from '../targets/written.ts';
import type { DrillPlan, Rotation } from './drill-plan.ts';
import type { Issue } from './explain.ts';
import { ROTATE, type PlanValues } from './schema.ts';

/** Where recovery stops, and whether it stops elsewhere each time. */
export function resolveTargets(
  { source: { backup, repo }, target: single, targets: rungs }: PlanValues,
  isTargetNamed: boolean,
  now: Date,
  issues: Issue[],
): Rotation['targets'][number] & Pick<DrillPlan, 'rotation'> {
  const rotates = backup === ROTATE;
  if (rungs !== undefined) refuseBeside(issues, { isTargetNamed, rotates });
  const written = rungs === undefined ? single : { ladder: rungs };
  if (Array.isArray(written) && !rotates)
    issues.push({
      path: ['target'],
      message: 'is a list, of which a drill takes turns only with source.backup: rotate',
    });
  const forms = rotates && !isTargetNamed && rungs === undefined ? USUAL_TURNS : [written].flat();
  const placed = (path: (string | number)[]): (string | number)[] =>
    rungs === undefined ? path : ['targets', ...path.slice(2)];
  const targets = forms.map((one) =>
    readTarget(one, now, (path, message) => issues.push({ path: placed(path), message })),
  );
  if (rotates && targets.some((one) => plannedKindOf(one.target).isClimbed))
    issues.push({ path: ['target'], message: 'goes through several targets, which no turn of a rotation does' });
  const twice = targets.find(({ target }, at) => targets.findIndex((one) => one.target.type === target.type) < at);
  if (rotates && twice)
    issues.push({
      path: ['target'],
      message: `has two targets of the kind ${twice.target.type}, which take one turn together, so that the second would never be taken; leave one of them, or write a plan for each`,
    });
  const [first] = targets;
  if (first === undefined) throw new Error('a plan without a target');
  const repos = repo === undefined ? null : [...new Set([repo].flat())];
  return { ...first, rotation: rotates ? { repos, targets } : null };
}

function refuseBeside(issues: Issue[], { isTargetNamed, rotates }: { isTargetNamed: boolean; rotates: boolean }): void {
  if (isTargetNamed)
    issues.push({
      path: ['targets'],
      message: 'cannot stand beside target: a recovery goes to one, or through several',
    });
  if (rotates) issues.push({ path: ['targets'], message: 'does not go with source.backup: rotate' });
}
