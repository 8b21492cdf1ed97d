import { shellJoin } from '../../core/shell-quote.ts';
import type { DrillReport } from '../report.ts';
import { paragraph, type Block, type Section } from './blocks.ts';
import { counted, durationText } from './words.ts';

type Command = DrillReport['commands'][number];

/** How a reader gets the same result without this program. */
export function describeRepeat({ commands, sandbox }: DrillReport): Section[] {
  const title = 'Repeat it by hand';
  if (commands.length === 0) return [];
  const user = sandbox.host ? ` as user ${sandbox.host.user}` : '';
  const all: Block = {
    kind: 'folded',
    title: `All ${counted(commands.length, 'command')} of the run`,
    blocks: [listing(commands)],
  };
  const essential = essentialCommands(commands);
  if (essential.length === 0) return [{ title, blocks: [all] }];
  return [
    {
      title,
      blocks: [
        paragraph(
          `These commands look at the repository, restore the backup and start the server; they ran${user}. The paths are those of this run, and its own configuration files are gone: put your pgBackRest configuration and an empty directory in their place.`,
        ),
        listing(essential),
        all,
      ],
    },
  ];
}

/** The commands that another restore by hand needs, each once, in the order of the run. */
function essentialCommands(commands: readonly Command[]): Command[] {
  const seen = new Set<string>();
  return commands.filter(({ phase, argv }) => {
    const line = shellJoin(argv);
    const wanted =
      (phase === 'preflight' && looksAtRepository(argv)) ||
      (phase === 'restore' && isRestore(argv)) ||
      (phase === 'recover' && isServerStart(argv));
    if (!wanted || seen.has(line)) return false;
    seen.add(line);
    return true;
  });
}

function looksAtRepository(argv: readonly string[]): boolean {
  return runs(argv, 'pgbackrest') && (argv.includes('info') || argv.includes('repo-ls'));
}

function isRestore(argv: readonly string[]): boolean {
  return runs(argv, 'pgbackrest') && argv.includes('restore');
}

function isServerStart(argv: readonly string[]): boolean {
  return runs(argv, 'postgres') && argv.includes('-D');
}

/** The program may stand behind others that fence it off or change the user. */
function runs(argv: readonly string[], program: string): boolean {
  return argv.some((word) => word === program || word.endsWith(`/${program}`));
}

function listing(commands: readonly Command[]): Block {
  return { kind: 'listing', language: 'sh', text: commands.map(describeCommand).join('\n\n') };
}

function describeCommand({ phase, argv, exitCode, durationMs }: Command): string {
  return `# ${phase}: exit status ${exitCode ?? 'not known'}, ${durationText(durationMs)}\n${commandLines(argv)}`;
}

const LONGEST_LINE = 110;

/** A command line; a long one with an option a line, so that it can still be pasted. */
function commandLines(argv: readonly string[]): string {
  const line = shellJoin(argv);
  if (line.length <= LONGEST_LINE) return line;
  const groups: string[][] = [];
  for (const word of argv) {
    const last = groups.at(-1);
    if (last === undefined || word.startsWith('-') || last[0]?.startsWith('--')) groups.push([word]);
    else last.push(word);
  }
  return groups.map((words) => shellJoin(words)).join(' \\\n  ');
}
