import { paragraph, type Block, type Tone, type Words } from '../report/document/blocks.ts';
import { durationText, secondText } from '../report/document/words.ts';
import { escapeProse } from '../report/markdown/escape.ts';
import { printBlocks } from '../report/markdown/print.ts';
import type { ControlResult, FaultResult, SelfTestDocument } from './document.ts';
import { GROUNDS, meaningOf, repositoriesText, versionsText } from './words.ts';

const TONES = { passed: '✓', failed: '✗', inconclusive: '⚠', cancelled: '⚠' } as const;

const RESULTS: Readonly<Record<FaultResult['result'], { readonly tone: Tone; readonly mark: string }>> = {
  caught: { tone: 'good', mark: 'caught' },
  missed: { tone: 'bad', mark: 'MISSED' },
  'not-shown': { tone: 'warning', mark: 'not shown' },
};

/** A self-test as Markdown, from its document alone: the same document gives the same bytes. */
export function selfTestMarkdown(document: SelfTestDocument): string {
  const parts: (readonly [string, readonly Block[]])[] = [
    ['Healthy copies', [controlTable(document.controls)]],
    ['Faults', [faultTable(document.faults), ...remarks(document.faults)]],
    ['Where and with what', [facts(document)]],
    ['What this does not show', [{ kind: 'list', items: LIMITS }]],
  ];
  const sections = parts.map(([title, blocks]) => `## ${title}\n\n${printBlocks(blocks)}`);
  const title = `# ${TONES[document.outcome]} Self-test ${escapeProse(document.outcome)}`;
  return `${[title, printBlocks([paragraph(lead(document))]), ...sections].join('\n\n')}\n`;
}

function lead(document: SelfTestDocument): Words {
  const text = meaningOf(document);
  return [{ strong: `${text.charAt(0).toUpperCase()}${text.slice(1)}` }];
}

function controlTable(controls: readonly ControlResult[]): Block {
  const rows = controls.map(({ repository, verdict, why, durationMs }): Words[] => [
    GROUNDS[repository],
    verdict === 'passed' ? { tone: 'good', mark: 'passed' } : { tone: 'bad', mark: verdict ?? 'refused' },
    durationText(durationMs),
    why ?? '',
  ]);
  if (rows.length === 0) return paragraph('No healthy copy was drilled.');
  return { kind: 'table', head: ['Repository', 'Verdict', 'Time', 'Why'], rows };
}

function faultTable(faults: readonly FaultResult[]): Block {
  const rows = faults.map(({ fault, does, repository, result, codes, durationMs }): Words[] => [
    { code: fault },
    does,
    repository === null ? '–' : GROUNDS[repository],
    RESULTS[result],
    codes.length === 0 ? '–' : { code: codes.join(', ') },
    durationText(durationMs),
  ]);
  if (rows.length === 0) return paragraph('No fault was made.');
  return { kind: 'table', head: ['Fault', 'What is done', 'Where', 'Result', 'Codes', 'Time'], rows };
}

function remarks(faults: readonly FaultResult[]): Block[] {
  const items = faults.flatMap(({ fault, why, remark }): Words[] =>
    [why, remark].flatMap((text) => (text === null ? [] : [[{ code: fault }, `: ${text}`]])),
  );
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

function facts(document: SelfTestDocument): Block {
  const { plan, startedAt, finishedAt, sandbox, host, user, id, left } = document;
  return {
    kind: 'facts',
    rows: [
      ['Plan', plan ?? 'none: a small cluster of its own'],
      ['Repositories', repositoriesText(document)],
      ['Programs', versionsText(document)],
      ['Sandbox', sandbox],
      ['Host', `${host}, by ${user}`],
      ['Began', secondText(startedAt)],
      ['Ended', secondText(finishedAt)],
      ['Self-test', { code: id }],
      ['Left behind', left.length === 0 ? 'nothing' : left.join('; ')],
    ],
  };
}

const LIMITS: readonly Words[] = [
  'It shows that these faults are seen. Another fault may still be missed; docs/trials.md of pgdrill has many more.',
  'It shows it of this version of the programs, on this machine, at this time.',
  'It says nothing of the backups themselves: that is what the drills are for.',
];
