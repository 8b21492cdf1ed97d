import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { DrillError, errorCode, messageOf } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import { parseYaml } from '../../plan/yaml-document.ts';
import { isOfTheSystem } from '../../store/system-fault.ts';

/** Where plans live. */
export const PLAN_DIRECTORY = 'drills';

function namesThere(): string[] {
  try {
    return readdirSync(PLAN_DIRECTORY);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new DrillError('not-found', `the plans in ${PLAN_DIRECTORY}/ cannot be read: ${messageOf(error)}`, {
      hint: `${PLAN_DIRECTORY} has to be a directory that you may read; or name a plan by its path`,
      cause: error,
    });
  }
}

/** The plan files of this directory, relative to it. Throws `not-found` where plans cannot be looked for. */
export function planFiles(): string[] {
  return namesThere()
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => join(PLAN_DIRECTORY, name));
}

/**
 * The file that an argument names: itself, a file of that name in drills/, or the one plan there that calls its drill so, as
 * reports and metrics do. Throws `not-found` for a name of none.
 */
export function planFile(argument: string): string {
  if (existsSync(argument) || /[/\\]/.test(argument)) return argument;
  const inDirectory = [`${argument}.yaml`, `${argument}.yml`, argument].map((name) => join(PLAN_DIRECTORY, name));
  const found = inDirectory.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const called = planFiles().filter((path) => drillOf(path) === argument);
  if (called.length === 1 && called[0] !== undefined) return called[0];
  const names = planFiles().map((path) => parse(path).name);
  throw new DrillError('not-found', `the plan ${argument} does not exist${didYouMean(argument, names)}`, {
    hint: names.length > 0 ? `plans in ${PLAN_DIRECTORY}/: ${names.join(', ')}` : 'write one with: drill init',
  });
}

/** The name that a plan gives its drill; null for a file that cannot be read, which its own name still names. */
function drillOf(path: string): string | null {
  try {
    const { value } = parseYaml(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
      ? value.name
      : null;
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    return null;
  }
}
