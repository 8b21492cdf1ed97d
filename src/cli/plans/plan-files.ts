import { existsSync, readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import { DrillError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';

/** Where plans live. */
export const PLAN_DIRECTORY = 'drills';

/** The plan files of this directory, relative to it. */
export function planFiles(): string[] {
  if (!existsSync(PLAN_DIRECTORY)) return [];
  const names = readdirSync(PLAN_DIRECTORY).filter((name) => /\.ya?ml$/.test(name));
  return names.toSorted().map((name) => join(PLAN_DIRECTORY, name));
}

/** The file that an argument names: itself, or a plan of that name in drills/. Throws `not-found` for a name of neither. */
export function planFile(argument: string): string {
  if (existsSync(argument) || /[/\\]/.test(argument)) return argument;
  const inDirectory = [`${argument}.yaml`, `${argument}.yml`, argument].map((name) => join(PLAN_DIRECTORY, name));
  const found = inDirectory.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const names = planFiles().map((path) => parse(path).name);
  throw new DrillError('not-found', `the plan ${argument} does not exist${didYouMean(argument, names)}`, {
    hint: names.length > 0 ? `plans in ${PLAN_DIRECTORY}/: ${names.join(', ')}` : 'write one with: drill init',
  });
}
