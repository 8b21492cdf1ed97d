import type { DrillReport } from '../report.ts';
import { paragraph, type Block, type Section, type Words } from './blocks.ts';
import { sizeText } from './words.ts';

/** What a reader must not conclude. */
export function describeLimits({ doesNotProve }: DrillReport): Section[] {
  if (doesNotProve.length === 0) return [];
  return [{ title: 'What this drill does not prove', blocks: [{ kind: 'list', items: doesNotProve }] }];
}

/** The controls that the plan names. A record supports a control; whether it is met is not for a program to say. */
export function describeControls({ controls }: DrillReport): Section[] {
  if (controls.length === 0) return [];
  const said = 'This record supports the controls below. Whether they are met is for those who assess them to judge.';
  const list: Block = { kind: 'list', items: controls.map((code) => ({ code })) };
  return [{ title: 'Controls it supports', blocks: [paragraph(said), list] }];
}

/** Whether anything of the run was left behind. */
export function describeCleanup({ cleanup }: DrillReport): Section {
  const state = cleanup.done
    ? paragraph([
        { tone: 'good', mark: 'done' },
        cleanup.steps.length === 0 ? ': nothing had to be undone.' : ': every step below succeeded.',
      ])
    : paragraph([{ tone: 'bad', mark: 'incomplete' }, ': something of the run could not be removed.']);
  const kept: Block[] = cleanup.kept === null ? [] : [paragraph([{ strong: 'Kept as asked:' }, ` ${cleanup.kept}.`])];
  const rows = cleanup.steps.map(({ label, ok, message }) => [
    ok ? { tone: 'good' as const, mark: 'done' } : { tone: 'bad' as const, mark: 'failed' },
    label,
    message ?? '',
  ]);
  const steps: Block[] = rows.length === 0 ? [] : [{ kind: 'table', head: ['Result', 'Step', 'Message'], rows }];
  return { title: 'Cleanup', blocks: [state, ...kept, ...steps] };
}

/** Who vouches for the run, and its other files, so that a later change to one of them shows. */
export function describeEvidence({ evidence, record }: DrillReport): Section {
  const rows = evidence.map(({ file, bytes, sha256 }) => [{ code: file }, sizeText(bytes), { code: sha256 }]);
  const files: Block[] = rows.length === 0 ? [] : [{ kind: 'table', head: ['File', 'Size', 'SHA-256'], rows }];
  return { title: 'Evidence', blocks: [paragraph(signedWords(record)), ...files] };
}

function signedWords({ keyId }: DrillReport['record']): Words {
  if (keyId === null) {
    return 'This run is not signed: whoever can write to its files can change them and leave no trace. A key in the plan (evidence) signs each run.';
  }
  return [
    'This run is signed with the key ',
    { code: keyId },
    '. ',
    { code: 'drill evidence verify' },
    ' says whether anything was changed.',
  ];
}
