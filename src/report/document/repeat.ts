import { shellJoin } from '../../core/shell-quote.ts';
import type { DrillReport } from '../report.ts';
import { paragraph, type Block, type Section } from './blocks.ts';
import { repeatScript } from './repeat-script.ts';
import { counted, durationText } from './words.ts';

type Command = DrillReport['commands'][number];

/** How a reader gets the same result without this program. */
export function describeRepeat(report: DrillReport): Section[] {
  const { commands } = report;
  const title = 'Repeat it by hand';
  if (commands.length === 0) return [];
  const all: Block = {
    kind: 'folded',
    title: `All ${counted(commands.length, 'command')} of the run`,
    blocks: [listing(commands)],
  };
  const script = repeatScript(report);
  if (script === null) return [{ title, blocks: [all] }];
  const user = report.sandbox.host ? `as user ${report.sandbox.host.user}, ` : '';
  return [
    {
      title,
      blocks: [
        paragraph(
          `In a shell, ${user}where the pgBackRest configuration is and the repository can be reached. Everything is made in a new directory. The copy archives nothing, and listens on a socket in that directory alone; it is not fenced off as in a drill.`,
        ),
        { kind: 'listing', language: 'sh', text: script.start },
        paragraph('When you have seen enough, in the same shell:'),
        { kind: 'listing', language: 'sh', text: script.end },
        all,
      ],
    },
  ];
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
