import { join } from 'node:path';
import type { Host } from '../../host/host.ts';
import { versionIn, type PostgresBinaries } from '../../postgres/binaries.ts';
import { readConf } from '../../postgres/conf-file.ts';
import { parsePostmasterOpts } from '../../postgres/postmaster-opts.ts';
import { preloaded } from '../../postgres/preload.ts';
import { clustersHere } from '../preflight/production.ts';
import type { ProductionHere } from './facts.ts';

/** A production on the machine of the drill, and what it preloads; null: its configuration cannot be read. */
export interface SeenHere extends ProductionHere {
  readonly preload: readonly string[] | null;
}

/** Looks for the cluster that the backups are of among directories of this machine. Only its files are read; it is not asked. */
export async function productionHere(
  host: Host,
  binaries: PostgresBinaries,
  directories: readonly string[],
  systemId: string,
): Promise<SeenHere | null> {
  const clusters = await clustersHere(host, binaries, directories);
  const own = clusters.find(({ control }) => control.systemId === systemId);
  if (!own) return null;
  const { path } = own;
  const text = await host.readFile(join(path, 'postmaster.opts')).catch(() => null);
  const opts = parsePostmasterOpts(text ?? '');
  const conf = await readConf(host, opts?.configFile ?? join(path, 'postgresql.conf'), path).catch(() => null);
  const value = conf?.settings.get('shared_preload_libraries') ?? '';
  return {
    version: opts === null ? null : await versionOf(host, opts.program),
    preload: conf?.found === true ? preloaded(value) : null,
  };
}

async function versionOf(host: Host, program: string): Promise<string | null> {
  const asked = await host.run([program, '--version']).catch(() => null);
  return asked?.exitCode === 0 ? versionIn(asked.stdout) : null;
}
