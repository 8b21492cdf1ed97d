import { DrillError } from '../../core/errors.ts';
import { readAutoConf } from '../../postgres/auto-conf.ts';
import { localesLacking, readSharedCatalogs } from '../../postgres/catalog-files.ts';
import { readRestoredConf } from '../../postgres/conf-file.ts';
import { readControlData, type ControlData } from '../../postgres/control-data.ts';
import { environmentLacks, missingLocales } from '../../postgres/lacks.ts';
import type { Server } from '../../postgres/server.ts';
import type { Entrances } from '../../postgres/sessions.ts';
import type { RecordedSetting } from '../../postgres/settings.ts';
import { requireTransactionStatus } from '../../postgres/transaction-status.ts';
import { entrancesOf } from './entrances.ts';
import type { RecoverInput } from './recovered.ts';
import { gatedSettings, offlineSettings, recoverySettings } from './recovery-settings.ts';
import { restoredServer } from './restored-server.ts';

/** A server that is ready to be started, and what the restored data directory said of itself. */
export interface Configured {
  readonly server: Server;
  readonly entrances: Entrances;
  readonly settings: readonly RecordedSetting[];
  readonly configurationMissing: string | null;
  /** What the backup holds of ALTER SYSTEM; null: nothing. */
  readonly autoConf: string | null;
  readonly restored: ControlData;
}

/** What the restored data directory needs before a server may start on it. It is a part of the recovery, as in a real one. */
export async function configure(input: RecoverInput): Promise<Configured> {
  const { ready } = input;
  const { host, paths } = input.station;
  const [conf, autoConf, control, catalogs] = await Promise.all([
    readRestoredConf(host, paths.data),
    readAutoConf(host, paths.data),
    readControlData(host, ready.binaries, paths.data),
    readSharedCatalogs(host, paths.data, ready.binaries.major),
  ]);
  if (control.systemId !== ready.database.systemId) {
    throw new DrillError(
      'restore-failed',
      `the restored cluster has the system identifier ${control.systemId}, the repository says ${ready.database.systemId}`,
    );
  }
  const [locales] = await Promise.all([
    // Nobody could connect, once all the WAL has been replayed.
    localesLacking(host, catalogs.locales),
    requireTransactionStatus(host, paths.data, control),
  ]);
  if (locales !== null && locales.length > 0) throw environmentLacks(missingLocales(locales));
  await host.writeFile(`${paths.data}/postgresql.auto.conf`, autoConfOf(input), 0o600);
  const { server, recorded } = restoredServer({
    ...input,
    endpoint: input.station.endpoint,
    production: conf.settings,
    control,
    outlive: input.keepInstance,
    gated: input.climb !== null,
  });
  const entrances = entrancesOf(input.plan, input.config, catalogs);
  return {
    server,
    entrances,
    settings: recorded,
    configurationMissing: conf.found ? null : 'postgresql.conf',
    autoConf,
    restored: control,
  };
}

function autoConfOf({ ready, plan, climb }: RecoverInput): string {
  if (climb !== null) return gatedSettings(ready.archive.spans);
  return ready.backup.walStart === null ? offlineSettings() : recoverySettings(ready.target, plan.timeline);
}
