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

interface Looking {
  readonly host: Host;
  readonly binaries: PostgresBinaries;
  readonly directories: readonly string[];
  readonly systemId: string;
  /** The host is a container: of production it has no more than the data directory, and programs and /etc of its own. */
  readonly inImage: boolean;
}

/** Looks for the cluster that the backups are of among directories of this machine. Only its files are read; it is not asked. */
export async function productionHere(looking: Looking): Promise<SeenHere | null> {
  const { host, binaries, directories, systemId } = looking;
  const clusters = await clustersHere(host, binaries, directories);
  const own = clusters.find(({ control }) => control.systemId === systemId);
  if (!own) return null;
  const text = await host.readFile(join(own.path, 'postmaster.opts')).catch(() => null);
  const opts = parsePostmasterOpts(text ?? '');
  return {
    version: opts === null || looking.inImage ? null : await versionOf(host, opts.program),
    preload: await preloadOf(own.path, opts?.configFile ?? join(own.path, 'postgresql.conf'), looking),
  };
}

async function preloadOf(path: string, file: string, { host, inImage }: Looking): Promise<readonly string[] | null> {
  if (inImage && !file.startsWith(`${path}/`)) return null;
  const conf = await readConf(host, file, path).catch(() => null);
  return conf?.found === true ? preloaded(conf.settings.get('shared_preload_libraries') ?? '') : null;
}

async function versionOf(host: Host, program: string): Promise<string | null> {
  const asked = await host.run([program, '--version']).catch(() => null);
  return asked?.exitCode === 0 ? versionIn(asked.stdout) : null;
}
