import { repositoriesOf } from '../../pgbackrest/repository.ts';
import { optionsFor } from '../../pgbackrest/user-config.ts';
import type { RunRecord } from '../run-record.ts';
import type { Ruled } from './rules.ts';
import { STEPS, type Failed, type Try } from './steps.ts';

/** What a run, or a look ahead of one, has found out. */
export type KnownOfRun = Pick<RunRecord, 'plan' | 'config' | 'ready' | 'repository'>;

/** What the steps go by; `walFile`: the WAL file that ended the run, null: none did. */
export function failedOf({ plan, config, ready, repository }: KnownOfRun, walFile: string | null): Failed {
  const keys = repositoriesOf(optionsFor(config, plan.source.stanza, 'restore')).map(({ key }) => key);
  const only = keys.length === 1 ? (keys[0] ?? null) : null;
  const repo = repository ?? plan.source.repo ?? only;
  return { plan, repo, others: keys.filter((key) => key !== repo), ready, walFile };
}

/** The first step that leads somewhere; else why none does. */
export function firstOf({ rule }: Ruled, failed: Failed): Try | string {
  if ('none' in rule) return rule.none;
  const nothings: string[] = [];
  for (const step of rule.steps) {
    const outcome = STEPS[step](failed);
    if (typeof outcome !== 'string') return outcome;
    nothings.push(outcome);
  }
  return nothings.join(', and ');
}
