import type { BackupSet } from '../../pgbackrest/info.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { SelectionReport } from '../../report/selection.ts';
import { isByChance } from '../../targets/random.ts';
import { backupAge } from './backup-age.ts';

/** The words that may stand for a backup set. */
const CHOICES = ['latest', 'oldest', 'random'] as const;

type Choice = (typeof CHOICES)[number];

/** The choice that a word stands for; null: it is a label. */
export function choiceOf(word: string): Choice | null {
  return CHOICES.find((choice) => choice === word) ?? null;
}

interface Chosen {
  readonly plan: Pick<DrillPlan, 'source' | 'target'>;
  readonly backups: readonly BackupSet[];
  readonly usable: readonly BackupSet[];
  readonly seed: string;
}

/** Why a set was taken, for the report of a plan that does not rotate. */
export function describeSelection({ plan, backups, usable, seed }: Chosen): SelectionReport {
  const choice = choiceOf(plan.source.backup);
  const targetByChance = isByChance(plan.target.type);
  const setByChance = choice === 'random';
  const candidates = usable.map((set) => ({
    repo: set.repo,
    backup: set.label,
    age: backupAge(set, backups),
    target: plan.target.type,
    lastPassedAt: null,
    leftOut: null,
  }));
  const place = targetByChance ? '; the position was drawn in the same way of the WAL segments of its window' : '';
  return {
    kind: choice ?? 'label',
    reason: `${setReason(choice, usable.length, seed)}${place}`,
    seed: setByChance || targetByChance ? seed : null,
    candidates: setByChance ? candidates : [],
  };
}

function setReason(choice: Choice | null, count: number, seed: string): string {
  if (choice === null) return 'its label was named';
  if (choice !== 'random')
    return `it is the ${choice === 'latest' ? 'newest' : 'oldest'} backup set that leads to the target`;
  return `it was drawn of ${count} backup sets that lead to the target: the SHA-256 of "${seed}", a space and its label is the least`;
}
