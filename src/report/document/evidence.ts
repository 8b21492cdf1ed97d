import type { DrillReport } from '../report.ts';
import { paragraph, type Block, type Section } from './blocks.ts';
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

/** The other files of the run, so that a later change to one of them shows; no section where there are none. */
export function describeEvidence({ evidence }: DrillReport): Section[] {
  if (evidence.length === 0) return [];
  const rows = evidence.map(({ file, bytes, sha256 }) => [{ code: file }, sizeText(bytes), { code: sha256 }]);
  return [{ title: 'Evidence', blocks: [{ kind: 'table', head: ['File', 'Size', 'SHA-256'], rows }] }];
}
