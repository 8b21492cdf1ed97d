import type { Host } from '../../host/host.ts';
import { RecordingHost } from '../../host/recording-host.ts';
import { historyName } from '../../pgbackrest/archive.ts';
import { counted } from '../../report/document/words.ts';
import { recorded } from '../../sandbox/recorded.ts';
import type { PreparedSandbox } from '../../sandbox/sandbox.ts';
import { askProduction } from '../preflight/ask-production.ts';
import { requireFeasible } from '../preflight/feasibility.ts';
import { lookAheadInTurn } from '../preflight/in-turn.ts';
import type { Looked, Preflight } from '../preflight/preflight.ts';
import { findRungs } from '../ladder/find-rungs.ts';
import type { Rung } from '../ladder/rung.ts';
import { ladderOf, rungsIn } from '../../targets/ladder.ts';
import { tellText, type Run } from '../run.ts';
import { sandboxSpec } from '../run-setup.ts';

/** What is known before anything is restored, and from where it was looked at. */
export interface Foreseen {
  readonly prepared: PreparedSandbox;
  readonly ready: Preflight;
  /** Where several targets lie; null: there is one. */
  readonly rungs: readonly Rung[] | null;
  /** The names of the history files that the archive held. */
  readonly historiesBefore: readonly string[];
}

/** Finds out what the run will work with. Throws for what cannot succeed, once the record tells of the backup and the archive. */
export async function preflight(run: Run): Promise<Foreseen> {
  const { plan, record, services, cleanup, signal } = run;
  const { runId, startedAt, config } = record;
  const { env, seed } = services;
  const spec = sandboxSpec(plan, config, { runId, startedAt, keepInstance: run.keepInstance, env });
  const bare = await services.sandbox.prepare(spec, cleanup, signal);
  await run.folder.begin();
  services.notifier?.began();
  const sandbox = recorded(bare, (host) => recordingHost(host, run));
  record.note({ station: sandbox });
  await askProduction(run);
  const input = {
    plan,
    config,
    sandbox,
    onSandbox: (station: PreparedSandbox) => record.note({ station }),
    now: startedAt,
    seed,
    signal,
    onProgress: (text: string) => tellText(run, text),
    onRepository: (repository: number) => record.note({ repository }),
  };
  const looked = await lookAheadInTurn({ input, store: run.store, onTurn: (taken) => record.note(taken) });
  record.note({ ready: looked.ready });
  requireFeasible(looked.plan, looked.ready);
  const rungs = await rungsOf(run, looked);
  const ready =
    rungs === null ? looked.ready : { ...looked.ready, target: ladderOf(rungs.map(({ target }) => target)) };
  record.note({ ready, rungs });
  const { backup, archive } = ready;
  record.timeline.summarize(
    `${backup.type} backup ${backup.label}, ${counted(archive.path.segments.length, 'WAL segment')}`,
  );
  return { prepared: looked.sandbox, ready, rungs, historiesBefore: archive.listing.histories.map(historyName) };
}

async function rungsOf(run: Run, { sandbox, ready }: Looked): Promise<readonly Rung[] | null> {
  const targets = rungsIn(ready.target);
  if (targets === null) return null;
  const { signal } = run;
  return findRungs({ sandbox, ready, targets, signal, onProgress: (text) => tellText(run, text) });
}

/** A host that puts every command on the record: into the report and the log. */
function recordingHost(host: Host, { record, services }: Run): Host {
  const { clock, emit } = services;
  return new RecordingHost(
    host,
    (command, result) => {
      const phase = record.timeline.current;
      record.commands.push({ phase, command });
      const { argv, exitCode, durationMs } = command;
      emit({
        kind: 'command-ended',
        phase,
        argv,
        exitCode,
        durationMs,
        stderr: result?.stderr.slice(-2000) ?? '',
      });
    },
    () => clock.monotonicMs(),
  );
}
