import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { markOf } from '../timers/mark.ts';
import { unitName } from '../timers/systemd.ts';
import type { TimerFile } from '../timers/timed-drill.ts';
import { readOwnFile } from './files.ts';
import type { Installed } from './installed.ts';
import { whyNotOurs } from './ours.ts';
import type { Step, Steps } from './steps.ts';

/** A manager of units: that of the machine, or that of a user. */
export interface UnitManager {
  /** Where its units lie. */
  readonly directory: string;
  /** Where it notes when a timer elapsed last. */
  readonly stamps: string;
  readonly isOfMachine: boolean;
}

/** The manager of the machine, or that of the user with this environment. */
export function unitManager(isOfMachine: boolean, env: NodeJS.ProcessEnv, home: string): UnitManager {
  if (isOfMachine) return { directory: '/etc/systemd/system', stamps: '/var/lib/systemd/timers', isOfMachine };
  // One that is empty, or relative, counts for nothing: XDG Base Directory Specification.
  const base = (name: string, usual: string): string => {
    const given = env[name] ?? '';
    return isAbsolute(given) ? given : join(home, usual);
  };
  const [config, data] = [base('XDG_CONFIG_HOME', '.config'), base('XDG_DATA_HOME', '.local/share')];
  return { directory: join(config, 'systemd/user'), stamps: join(data, 'systemd/timers'), isOfMachine };
}

function systemctl({ isOfMachine }: UnitManager, ...words: string[]): readonly string[] {
  return ['systemctl', ...(isOfMachine ? [] : ['--user']), ...words];
}

/** Writes the units of a plan that are not as they should be, and starts its timer. */
export function stepsToInstall(files: readonly TimerFile[], planFile: string, manager: UnitManager): Steps {
  const problems: string[] = [];
  const steps: Step[] = [];
  for (const { name, text } of files) {
    const file = join(manager.directory, name);
    const there = readOwnFile(file);
    if (there !== 'missing') {
      const problem = whyNotOurs(file, there === 'foreign' ? null : markOf(there.text), planFile);
      if (problem !== null) problems.push(problem);
      if (there !== 'foreign' && there.text === text) continue;
    }
    steps.push({ does: 'write', file, text });
  }
  const timers = files.map(({ name }) => name).filter((name) => name.endsWith('.timer'));
  steps.push(
    { does: 'run', argv: systemctl(manager, 'daemon-reload') },
    ...timers.map((name): Step => ({ does: 'run', argv: systemctl(manager, 'enable', '--quiet', '--now', name) })),
  );
  return { steps, problems };
}

/** Ends the timer of a drill, and removes its units. A run of it that is under way goes on. */
export function stepsToRemove(drill: string, manager: UnitManager): Steps {
  const [service, timer] = ['service', 'timer'].map((kind) => `${unitName(drill)}.${kind}`) as [string, string];
  const files = [service, timer].map((name) => join(manager.directory, name));
  const found = files.flatMap((file) => {
    const there = readOwnFile(file);
    return there === 'missing' ? [] : [{ file, mark: there === 'foreign' ? null : markOf(there.text) }];
  });
  const steps: Step[] = [
    { does: 'run', argv: systemctl(manager, 'disable', '--quiet', '--now', timer), mayFail: true },
    ...found.map(({ file }): Step => ({ does: 'remove', file })),
    // A later timer of the same name would take it for its own.
    { does: 'remove', file: join(manager.stamps, `stamp-${timer}`) },
    { does: 'run', argv: systemctl(manager, 'daemon-reload') },
    { does: 'run', argv: systemctl(manager, 'reset-failed', service), mayFail: true },
  ];
  const problems = found.flatMap(({ file, mark }) => whyNotOurs(file, mark, null) ?? []);
  return { steps: found.length === 0 ? [] : steps, problems };
}

/** The timers of drills that a manager has. `linesOf` says what a timer of a drill has to have in it by now; null: that is not known. */
export function installedUnits(
  manager: UnitManager,
  linesOf: (drill: string) => readonly string[] | null,
): Installed[] {
  const names = existsSync(manager.directory) ? readdirSync(manager.directory) : [];
  return names.flatMap((name): Installed[] => {
    if (!/^pgdrill-.*\.timer$/.test(name)) return [];
    const there = readOwnFile(join(manager.directory, name));
    const mark = typeof there === 'object' ? markOf(there.text) : null;
    if (mark === null || typeof there !== 'object') return [];
    const wanted = linesOf(mark.drill);
    const isOn = existsSync(join(manager.directory, 'timers.target.wants', name));
    const isOutdated = wanted !== null && !there.text.includes(`\n${wanted.join('\n')}\n`);
    const state = !isOn ? 'off' : !mark.isUnchanged ? 'changed' : isOutdated ? 'outdated' : 'on';
    return [{ drill: mark.drill, planFile: mark.planFile, with: 'systemd', place: name, state }];
  });
}
