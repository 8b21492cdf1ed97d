import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where plans live. */
export const PLAN_DIRECTORY = 'drills';

/** The plan files of this directory, relative to it. */
export function planFiles(): string[] {
  if (!existsSync(PLAN_DIRECTORY)) return [];
  const names = readdirSync(PLAN_DIRECTORY).filter((name) => /\.ya?ml$/.test(name));
  return names.toSorted().map((name) => join(PLAN_DIRECTORY, name));
}

/** The file that an argument names: itself, or a plan of that name in drills/. */
export function planFile(argument: string): string {
  if (existsSync(argument) || /[/\\]/.test(argument)) return argument;
  const inDirectory = [`${argument}.yaml`, `${argument}.yml`, argument].map((name) => join(PLAN_DIRECTORY, name));
  return inDirectory.find((path) => existsSync(path)) ?? argument;
}
