import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { installedBlocks, stepsToPut, stepsToTake, type Crontab } from '../../../src/schedule/install/cron.ts';
import { readOwnFile, removeFile, writeFileWhole } from '../../../src/schedule/install/files.ts';
import { doStep, stepText, type Steps } from '../../../src/schedule/install/steps.ts';
import {
  installedUnits,
  stepsToInstall,
  stepsToRemove,
  unitManager,
  type UnitManager,
} from '../../../src/schedule/install/systemd.ts';
import { marked } from '../../../src/schedule/timers/mark.ts';
import type { TimerFile } from '../../../src/schedule/timers/timed-drill.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

const PLAN = '/etc/pgdrill/drills/orders.yaml';

describe('a file', () => {
  test('is written whole, for all to read, and makes its directory', () => {
    const file = join(temporaryDirectory(), 'systemd/user/a.timer');
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    writeFileWhole(file, 'one\n');
    writeFileWhole(file, 'two\n');
    expect(readOwnFile(file)).toEqual({ text: 'two\n' });
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(join(file, '..'))).toEqual(['a.timer']);
    removeFile(file);
    removeFile(file);
    expect(readOwnFile(file)).toBe('missing');
  });

  test('that is a link is not ours, is not read, and what it leads to is not written', () => {
    const root = temporaryDirectory();
    const [target, link] = [join(root, 'shadow'), join(root, 'a.timer')];
    writeFileSync(target, 'secret');
    symlinkSync(target, link);
    expect(readOwnFile(link)).toBe('foreign');
    expect(readOwnFile(root)).toBe('foreign');
    writeFileWhole(link, 'ours\n');
    expect(readFileSync(target, 'utf8')).toBe('secret');
    expect(readOwnFile(link)).toEqual({ text: 'ours\n' });
  });

  test('that cannot be written says who may', () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, 'file'), '');
    expect(() => writeFileWhole(join(root, 'file/a.timer'), '')).toThrow(/cannot be written/);
  });
});

/** The units of a drill, with one line each. */
function units(line = 'OnCalendar=*-*-01 03:00:00', planFile = PLAN): TimerFile[] {
  return [
    { name: 'pgdrill-orders.service', text: marked('orders', planFile, 'Type=oneshot\n') },
    { name: 'pgdrill-orders.timer', text: marked('orders', planFile, `${line}\n`) },
  ];
}

async function writeAll({ steps }: Steps): Promise<void> {
  for (const step of steps) if (step.does !== 'run') await doStep(step, {});
}

/** What steps do, without the directory of the units. */
function words({ steps }: Steps, directory: string): string[] {
  return steps.map((step) => stepText(step).replaceAll(`${directory}/`, '').replaceAll(/ +/g, ' '));
}

function managerIn(directory: string, isOfMachine: boolean): UnitManager {
  return { directory, stamps: join(directory, 'stamps'), isOfMachine };
}

describe('units', () => {
  test('are written, and written again only when they change', async () => {
    const manager = managerIn(temporaryDirectory(), true);
    const first = stepsToInstall(units(), PLAN, manager);
    const run = ['run systemctl daemon-reload', 'run systemctl enable --quiet --now pgdrill-orders.timer'];
    expect(words(first, manager.directory)).toEqual([
      'write pgdrill-orders.service',
      'write pgdrill-orders.timer',
      ...run,
    ]);
    await writeAll(first);
    expect(words(stepsToInstall(units(), PLAN, manager), manager.directory)).toEqual(run);
    const weekly = stepsToInstall(units('OnCalendar=weekly'), PLAN, manager);
    expect(words(weekly, manager.directory)).toEqual(['write pgdrill-orders.timer', ...run]);
    expect(weekly.problems).toEqual([]);
  });

  test('of somebody else, of another plan, or that somebody changed stay, and all are named', async () => {
    const manager = managerIn(temporaryDirectory(), false);
    const [service, timer] = ['service', 'timer'].map((kind) => join(manager.directory, `pgdrill-orders.${kind}`)) as [
      string,
      string,
    ];
    writeFileSync(service, '[Service]\n');
    symlinkSync('/dev/null', timer);
    const masked = stepsToInstall(units(), PLAN, manager);
    expect(masked.problems).toEqual([
      expect.stringMatching(/service was not made by pgdrill/),
      expect.stringMatching(/timer was not/),
    ]);
    expect(stepsToRemove('orders', manager).problems).toHaveLength(2);

    removeFile(service);
    removeFile(timer);
    await writeAll(stepsToInstall(units(), PLAN, manager));
    const other = stepsToInstall(units(undefined, '/srv/drills/orders.yaml'), '/srv/drills/orders.yaml', manager);
    expect(other.problems).toEqual([expect.stringContaining(PLAN), expect.stringContaining(PLAN)]);
    writeFileSync(timer, `${readFileSync(timer, 'utf8')}OnCalendar=daily\n`);
    const changed = stepsToInstall(units(), PLAN, manager);
    expect(changed.problems).toEqual([expect.stringMatching(/timer was changed .* systemctl edit/)]);
    expect(installedUnits(manager, () => null)).toMatchObject([{ drill: 'orders', state: 'off' }]);
  });

  test('are removed with the stamp of their timer, and then there is nothing to do', async () => {
    const manager = managerIn(temporaryDirectory(), false);
    await writeAll(stepsToInstall(units(), PLAN, manager));
    mkdirSync(join(manager.directory, 'timers.target.wants'));
    symlinkSync('../pgdrill-orders.timer', join(manager.directory, 'timers.target.wants/pgdrill-orders.timer'));
    const states = ['OnCalendar=*-*-01 03:00:00', 'OnCalendar=daily'].map(
      (line) => installedUnits(manager, () => [line])[0]?.state,
    );
    expect(states).toEqual(['on', 'outdated']);
    const removal = stepsToRemove('orders', manager);
    expect(words(removal, manager.directory)).toEqual([
      'run systemctl --user disable --quiet --now pgdrill-orders.timer',
      'remove pgdrill-orders.service',
      'remove pgdrill-orders.timer',
      'remove stamps/stamp-pgdrill-orders.timer',
      'run systemctl --user daemon-reload',
      'run systemctl --user reset-failed pgdrill-orders.service',
    ]);
    await writeAll(removal);
    expect(existsSync(join(manager.directory, 'pgdrill-orders.timer'))).toBe(false);
    expect(stepsToRemove('orders', manager)).toEqual({ steps: [], problems: [] });
  });
});

test.each([
  [{}, '/home/dba/.config/systemd/user'],
  [{ XDG_CONFIG_HOME: '/srv/config' }, '/srv/config/systemd/user'],
  // The XDG Base Directory Specification: as if it were not set.
  [{ XDG_CONFIG_HOME: '' }, '/home/dba/.config/systemd/user'],
  [{ XDG_CONFIG_HOME: 'config' }, '/home/dba/.config/systemd/user'],
])('with %j the units of a user lie in %s', (env, directory) => {
  expect(unitManager(false, env, '/home/dba').directory).toBe(directory);
});

/** The text that a crontab has after the steps. */
function after(crontab: Crontab, { steps }: Steps): string | null {
  const [step] = steps;
  if (!step) return crontab.text;
  if (step.does === 'write') return step.text;
  return step.does === 'run' ? (step.input ?? null) : null;
}

function block(drill: string, times: string, planFile = PLAN) {
  return { drill, planFile, text: marked(drill, planFile, `${times} /usr/bin/drill\n`) };
}

describe('a crontab', () => {
  const OTHERS = 'MAILTO=dba\n5 4 * * * /usr/bin/vacuum # 100%';

  test.each([null, '/etc/cron.d/pgdrill'])('keeps what others have written: %s', (file) => {
    const put = (text: string, ...blocks: ReturnType<typeof block>[]): string => {
      const { steps, problems } = stepsToPut(blocks, { file, text });
      expect(problems).toEqual([]);
      return after({ file, text }, { steps, problems }) ?? '';
    };
    const both = put(OTHERS, block('orders', '0 * * * *'), block('stock', '5 * * * *'));
    expect(both.startsWith(`${OTHERS}\n# pgdrill begin orders `)).toBe(true);
    expect(put(both, block('orders', '0 * * * *'))).toBe(both);
    const moved = put(`${both}# later\n`, block('orders', '9 * * * *'));
    expect(moved).toBe(
      `${both}# later\n`.replace(block('orders', '0 * * * *').text, block('orders', '9 * * * *').text),
    );
    const taken = stepsToTake(['orders', 'stock'], { file, text: moved });
    expect(after({ file, text: moved }, taken)).toBe(`${OTHERS}\n# later\n`);
  });

  test('with characters that are no UTF-8 is left as it is, since they would be lost', () => {
    const bytes = Buffer.concat([Buffer.from('# caf'), Buffer.from([0xe9]), Buffer.from('\n0 1 * * * backup\n')]);
    const latin1 = { file: null, text: bytes.toString('utf8') };
    const ours = block('orders', '0 * * * *');
    const { problems } = stepsToPut([ours], latin1);
    expect(problems).toEqual([expect.stringContaining('no UTF-8')]);
    expect(stepsToTake(['orders'], latin1)).toEqual({ steps: [], problems: [] });
    expect(stepsToTake(['orders'], { file: null, text: `${latin1.text}${ours.text}` }).problems).toHaveLength(1);
  });

  test('is removed when nothing is left, and not touched when nothing changes', () => {
    const { text } = block('orders', '0 * * * *');
    expect(stepsToTake(['orders'], { file: null, text }).steps).toEqual([{ does: 'run', argv: ['crontab', '-r'] }]);
    const file = '/etc/cron.d/pgdrill';
    expect(stepsToTake(['orders'], { file, text }).steps).toEqual([{ does: 'remove', file }]);
    expect(stepsToTake(['stock'], { file, text }).steps).toEqual([]);
  });

  test('whose block was changed, has lost its end, or is of another plan is left as it is', () => {
    const { text } = block('orders', '0 * * * *');
    const problems = (now: string): readonly string[] =>
      stepsToPut([block('orders', '9 * * * *')], { file: null, text: now }).problems;
    expect(problems(text.replace('0 *', '1 *'))).toEqual([
      expect.stringMatching(/^the block of orders in the crontab was changed/),
    ]);
    expect(problems(text.replace('# pgdrill end orders\n', OTHERS))).toEqual([expect.stringMatching(/was changed/)]);
    const other = block('orders', '0 * * * *', '/srv/orders.yaml').text;
    expect(problems(other)).toEqual([expect.stringMatching(/another plan, \/srv\/orders.yaml/)]);
    expect(stepsToTake(['orders'], { file: null, text: text.replace('0 *', '1 *') }).problems).toHaveLength(1);
  });

  test('says which drills it asks for, and whether that is by their schedule', () => {
    const crontab = { file: null, text: `${OTHERS}\n${block('orders', '0 * * * *').text}` };
    expect(installedBlocks(crontab, () => '0 * * * *')).toEqual([
      { drill: 'orders', planFile: PLAN, with: 'cron', place: 'the crontab', state: 'on' },
    ]);
    expect(installedBlocks(crontab, () => '7 * * * *')[0]?.state).toBe('outdated');
    expect(installedBlocks({ ...crontab, text: crontab.text.replace('drill\n', 'x\n') }, () => null)[0]?.state).toBe(
      'changed',
    );
  });
});
