import { formatBytes } from '../../core/bytes.ts';
import type { Linked } from '../../pgbackrest/info.ts';
import type { ParityFacts } from './facts.ts';
import { differs, here, lacking, unanswered, type Said } from './item.ts';
import { ONCE_THERE } from './judge-programs.ts';

/** The drill sets what recovery insists on, unless its plan says otherwise. */
export function settingsItem({ set, plan }: ParityFacts): Said {
  if (!('is' in set)) return unanswered(set);
  const { minimums } = set.is;
  if (!('is' in minimums)) return unanswered(minimums);
  const lower = [...minimums.is].filter(([name, value]) => Number(plan.settings[name] ?? Infinity) < value);
  if (lower.length === 0) {
    const [first = ['none', 0]] = minimums.is;
    return here(`${first.join(' ')} and ${minimums.is.size - 1} more, as pg_control of the set has them`);
  }
  const words = lower.map(([name, value]) => `${name} ${String(plan.settings[name])}, production had ${value}`);
  const fix = `sandbox: { settings: { ${lower.map(([name, value]) => `${name}: ${value}`).join(', ')} } }`;
  const detail = `the plan has ${words.join('; ')}`;
  return plan.standby ? lacking(detail, fix) : differs(detail, fix);
}

/** What a run takes of its file system, and what is to stay free there. */
export function roomItem({ room }: ParityFacts): Said {
  const { path, neededBytes, reserveBytes, freeBytes } = room;
  const needed = `${formatBytes(neededBytes)} needed, ${formatBytes(reserveBytes)} to stay free`;
  if (freeBytes === null) return unanswered({ why: needed, when: ONCE_THERE });
  const all = `${formatBytes(freeBytes)} free, ${needed}`;
  return freeBytes >= neededBytes + reserveBytes
    ? here(all)
    : lacking(all, `free room in ${path}, or name a larger one: --scratch DIR`);
}

/** Those of the set come into the directory of the run; WAL may make others, which it says of itself. */
export function tablespacesItem({ tablespaces }: ParityFacts): Said {
  if (!('is' in tablespaces)) return unanswered(tablespaces);
  if (tablespaces.is.length === 0) return here('none in the set');
  return here(`${tablespaces.is.map(({ name }) => name).join(', ')}, mapped into the directory of the run`);
}

/** What a link leads to comes into the data directory. */
export function linksItem({ links }: ParityFacts): Said {
  if (!('is' in links)) return unanswered(links);
  if (links.is.length === 0) return here('none in the set');
  return differs(`${links.is.map(linkText).join(', ')}: plain in the copy`, null);
}

function linkText({ name, destination }: Linked): string {
  return `${name} (${destination} in production)`;
}
