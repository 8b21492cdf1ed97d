import { optionsFor, type UserConfig } from '../../pgbackrest/user-config.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { SharedCatalogs } from '../../postgres/catalog-files.ts';
import type { Entrances } from '../../postgres/sessions.ts';

/**
 * The users and databases to try on the restored server: those of the plan, those by which pgBackRest connects to
 * production, then those that its own catalogs name.
 */
export function entrancesOf(plan: DrillPlan, config: UserConfig, catalogs: SharedCatalogs): Entrances {
  const options = optionsFor(config, plan.source.stanza, 'backup');
  const named = (name: string): string[] =>
    [...options].flatMap(([key, values]) => (new RegExp(`^(pg|db)\\d*-${name}$`).test(key) ? values : []));
  return {
    superusers: [plan.sandbox.superuser, ...named('user'), ...catalogs.superusers],
    databases: ['postgres', ...named('database'), ...catalogs.databases],
  };
}
