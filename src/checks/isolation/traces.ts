import { join } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import type { Assertion } from './assertion.ts';

/** WAL may create tablespaces after the backup at their original path, in spite of every mapping (pgBackRest #2537). */
export async function tablespacesInside(host: Host, paths: RunPaths): Promise<Assertion> {
  const directory = join(paths.data, 'pg_tblspc');
  const names = (await host.list(directory)) ?? [];
  const links = await Promise.all(
    names.map(async (name) => ({ name, target: await host.resolveLink(join(directory, name)) })),
  );
  const outside = links.filter(({ target }) => target === null || !target.startsWith(`${paths.tablespaces}/`));
  return {
    name: 'every tablespace of the copy lies in the scratch directory',
    expected: `below ${paths.tablespaces}`,
    observed:
      outside.length === 0
        ? `${names.length} inside`
        : outside.map(({ name, target }) => `${name} -> ${target ?? '?'}`).join(', '),
    holds: outside.length === 0,
  };
}

/** A copy that had archived its own new timeline would have left a history file. */
export function historiesUnchanged(before: readonly string[], now: readonly string[]): Assertion {
  const added = now.filter((name) => !before.includes(name));
  const gone = before.filter((name) => !now.includes(name));
  const changes = [...added.map((name) => `new: ${name}`), ...gone.map((name) => `gone: ${name}`)];
  return {
    name: 'the timelines in the archive are as before',
    expected: `${before.length} history files`,
    observed: changes.join(', ') || `${now.length} history files`,
    holds: changes.length === 0,
  };
}
