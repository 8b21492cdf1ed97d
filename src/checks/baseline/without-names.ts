import { createHash } from 'node:crypto';
import type { State } from './state.ts';
import { keyOf, type Taken } from './take-state.ts';

/** A name in the place of that of a relation; those have a schema and a dot. */
const DIGESTED = /^name [0-9a-f]{12}$/;

/** Whether digests stand in the place of the names of relations. */
export function isWithoutNames({ databases }: State): boolean {
  return databases.some(({ relations }) => relations.some(({ name }) => DIGESTED.test(name)));
}

/** A state with digests in the place of the names of relations. */
export function withoutNames(state: State): State {
  return {
    ...state,
    databases: state.databases.map((database) => ({
      ...database,
      relations: database.relations.map((relation) => ({ ...relation, name: digestedName(relation.name) })),
    })),
  };
}

/** The same for what was taken, with its limits. */
export function takenWithoutNames(taken: Taken): Taken {
  const limits = new Map([...taken.limits].map(([key, fewer]) => [hiddenKey(key), fewer]));
  return { ...taken, limits, state: withoutNames(taken.state) };
}

function hiddenKey(key: string): string {
  const [database = '', ...name] = key.split(': ');
  return keyOf(database, digestedName(name.join(': ')));
}

function digestedName(name: string): string {
  return DIGESTED.test(name) ? name : `name ${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}
