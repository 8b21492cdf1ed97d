import { DrillError } from '../../core/errors.ts';
import { runProgram } from '../../host/run-program.ts';
import { blocksIn } from '../timers/mark.ts';
import { readOwnFile } from './files.ts';
import type { Installed } from './installed.ts';
import { whyNotOurs } from './ours.ts';
import { environmentOf, type Step, type Steps } from './steps.ts';

/** The file of drills among those of the machine: cron reads no name with a dot in it. */
const FILE = '/etc/cron.d/pgdrill';

/** A text that cron reads: a file of the machine, or the crontab of a user, which a program keeps. */
export interface Crontab {
  /** Null: that of the user. */
  readonly file: string | null;
  readonly text: string;
}

/** The crontab for drills of the machine. Throws where something else lies in its place. */
export function crontabOfMachine(): Crontab {
  const there = readOwnFile(FILE);
  if (there === 'foreign')
    throw new DrillError('schedule-not-installed', `${FILE} is no file: move it away, since drills stand there`);
  return { file: FILE, text: there === 'missing' ? '' : there.text };
}

/** The crontab of this user; null: there is no cron here. Throws where it cannot be read: then nothing is put in its place. */
export async function crontabOfUser(env: NodeJS.ProcessEnv): Promise<Crontab | null> {
  try {
    const { exitCode, stdout, stderr } = await runProgram(['crontab', '-l'], { env: environmentOf(env) });
    if (exitCode === 0) return { file: null, text: stdout };
    if (/no crontab for/.test(stderr)) return { file: null, text: '' };
    throw new DrillError('schedule-not-installed', `the crontab cannot be read: ${stderr.trim()}`, {
      hint: 'see whether "crontab -l" works',
    });
  } catch (error) {
    if (error instanceof DrillError && error.code === 'tool-missing') return null;
    throw error;
  }
}

/** Puts the blocks of drills into a crontab, or in the place of those that are there; the rest of it stays. */
export function stepsToPut(
  blocks: readonly { readonly drill: string; readonly planFile: string; readonly text: string }[],
  crontab: Crontab,
): Steps {
  const problems = blocks.flatMap(({ drill, planFile }) => problemsOf(crontab, drill, planFile));
  const text = blocks.reduce((before, { drill, text: block }) => {
    const [first, ...more] = blocksIn(before).filter(({ mark }) => mark.drill === drill);
    if (!first) return `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${block}`;
    const rest = more.toReversed().reduce((kept, { from, to }) => kept.slice(0, from) + kept.slice(to), before);
    return rest.slice(0, first.from) + block + rest.slice(first.to);
  }, crontab.text);
  return { steps: stepsTo(text, crontab), problems: [...problems, ...unreadProblems(text, crontab)] };
}

/** Takes the blocks of drills out of a crontab. */
export function stepsToTake(drills: readonly string[], crontab: Crontab): Steps {
  const ours = blocksIn(crontab.text).filter(({ mark }) => drills.includes(mark.drill));
  const text = ours.toReversed().reduce((kept, { from, to }) => kept.slice(0, from) + kept.slice(to), crontab.text);
  const problems = drills.flatMap((drill) => problemsOf(crontab, drill, null));
  return { steps: stepsTo(text, crontab), problems: [...problems, ...unreadProblems(text, crontab)] };
}

/** What stands in the place of bytes that are no UTF-8. The bytes themselves would be lost if it were written. */
const UNREAD = '\uFFFD';

function unreadProblems(text: string, crontab: Crontab): string[] {
  if (text === crontab.text || !crontab.text.includes(UNREAD)) return [];
  const place = placeOf(crontab);
  return [
    `${place} has characters that are no UTF-8, and would not be written as they were: write it in UTF-8 (iconv), or choose --with systemd`,
  ];
}

function problemsOf(crontab: Crontab, drill: string, planFile: string | null): string[] {
  const place = `the block of ${drill} in ${placeOf(crontab)}`;
  const ours = blocksIn(crontab.text).filter(({ mark }) => mark.drill === drill);
  return ours.flatMap(({ mark }) => whyNotOurs(place, mark, planFile) ?? []);
}

function placeOf({ file }: Crontab): string {
  return file ?? 'the crontab';
}

function stepsTo(text: string, { file, text: before }: Crontab): Step[] {
  if (text === before) return [];
  if (file !== null) return text.trim() === '' ? [{ does: 'remove', file }] : [{ does: 'write', file, text }];
  return text.trim() === ''
    ? [{ does: 'run', argv: ['crontab', '-r'] }]
    : [{ does: 'run', argv: ['crontab', '-'], input: text }];
}

/** The drills that a crontab asks for. `linesOf` says what the block of a drill has to have in it by now; null: that is not known. */
export function installedBlocks(crontab: Crontab, minutesOf: (drill: string) => string | null): Installed[] {
  return blocksIn(crontab.text).map(({ from, to, mark }): Installed => {
    const wanted = minutesOf(mark.drill);
    const isOutdated = wanted !== null && !crontab.text.slice(from, to).includes(`\n${wanted} `);
    const state = !mark.isUnchanged ? 'changed' : isOutdated ? 'outdated' : 'on';
    return { drill: mark.drill, planFile: mark.planFile, with: 'cron', place: placeOf(crontab), state };
  });
}
