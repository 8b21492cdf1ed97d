import { isDispensable } from '../../postgres/preload.ts';
import type { ParityFacts } from './facts.ts';
import { differs, here, lacking, unanswered, unknown, type Said } from './item.ts';
import { installWords } from './mend.ts';

/** A copy preloads what its plan lists: what is not there ends it, and what production has besides may be wanted. */
export function preloadItem(facts: ParityFacts): Said {
  const { machine, plan, preload } = facts;
  const libraries = 'is' in machine ? machine.is.libraries : null;
  const absent = libraries === null ? [] : plan.preload.filter((name) => !libraries.has(name));
  if (absent.length > 0) {
    const fix = `${installWords(absent, facts)}\nor take it out of sandbox.preload`;
    return lacking(`not there: ${absent.join(', ')} of sandbox.preload`, fix);
  }
  if (plan.preload.length > 0 && !('is' in machine)) return unanswered(machine);
  if (plan.preload.length > 0 && libraries === null) return unknown('where the libraries lie is not known');
  if (!('is' in preload)) return unanswered(preload, ASK_PRELOAD);
  const wanted = preload.is.filter((name) => !plan.preload.includes(name) && !isDispensable(name));
  if (wanted.length > 0) return differs(notListed(wanted, libraries), listIt(wanted, facts, libraries));
  if (preload.is.length === 0) return here('production preloads none');
  const left = preload.is.filter((name) => !plan.preload.includes(name));
  const listed = preload.is.filter((name) => plan.preload.includes(name));
  return here(
    [
      ...(listed.length > 0 ? [`${listed.join(', ')} is there`] : []),
      ...(left.length > 0 ? [`a copy does without ${left.join(', ')}`] : []),
    ].join('; '),
  );
}

const ASK_PRELOAD = 'ask production: psql -Atc "show shared_preload_libraries"';

function notListed(wanted: readonly string[], libraries: ReadonlySet<string> | null): string {
  const absent = wanted.filter((name) => libraries?.has(name) === false);
  const there = absent.length > 0 ? `; ${absent.join(', ')} is not there either` : '';
  return `production has ${wanted.join(', ')}, the plan has not${there}`;
}

function listIt(wanted: readonly string[], facts: ParityFacts, libraries: ReadonlySet<string> | null): string {
  const absent = wanted.filter((name) => libraries?.has(name) === false);
  const line = `sandbox: { preload: [${[...facts.plan.preload, ...wanted].join(', ')}] }`;
  return `if recovery or checks need it:\n${absent.length > 0 ? `${installWords(absent, facts)}\n` : ''}${line}`;
}

/** The first version in which extensions can write WAL that nobody replays without them. */
const CUSTOM_MANAGERS = 15;

/** Only a library that is preloaded can write WAL of its own, so what production preloads says whether there may be some. */
export function managersItem({ major, preload, plan }: ParityFacts): Said {
  if (major < CUSTOM_MANAGERS) return here(`PostgreSQL ${major} has none but its own`);
  if (!('is' in preload)) return unanswered({ why: 'of extensions', when: IN_RECOVERY });
  const others = preload.is.filter((name) => !plan.preload.includes(name) && !isDispensable(name));
  if (others.length === 0)
    return here(preload.is.length === 0 ? 'production preloads nothing that has one' : 'none that the copy lacks');
  return unanswered({ why: `of ${others.join(', ')}`, when: IN_RECOVERY });
}

const IN_RECOVERY = 'in recovery';

/** Extensions of the databases in the set, and of the integrity checks, against those that can be created there. WAL may still bring others. */
export function extensionsItem(facts: ParityFacts): Said {
  const { machine, extensions, plan } = facts;
  if (!('is' in machine)) return unanswered('is' in extensions ? machine : extensions);
  const known = machine.is.extensions;
  const names = [...new Set('is' in extensions ? extensions.is.map(({ name }) => name) : [])];
  const absent = [...new Set([...names, ...plan.examinesWith])].filter((name) => known?.has(name) === false);
  if (absent.length > 0) {
    const where = absent.map((name) => `${name} (of ${usersOf(name, facts).join(', ')})`);
    return lacking(`not there: ${where.join(', ')}`, installWords(absent, facts));
  }
  if (!('is' in extensions)) return unanswered(extensions);
  if (known === null) return unknown('where the extensions lie is not known');
  const others = names.filter((name) => name !== 'plpgsql');
  return here(others.length === 0 ? 'none but plpgsql' : some(others));
}

/** The databases that have an extension, and what of the plan needs it. */
function usersOf(extension: string, { extensions, plan }: ParityFacts): string[] {
  const all = 'is' in extensions ? extensions.is : [];
  const databases = all.flatMap(({ name, database }) => (name === extension ? [database] : []));
  return [...databases, ...(plan.examinesWith.includes(extension) ? ['integrity'] : [])];
}

const NAMED = 6;

function some(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
