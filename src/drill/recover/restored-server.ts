import type { Endpoint } from '../../core/endpoint.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { ControlData } from '../../postgres/control-data.ts';
import { Server } from '../../postgres/server.ts';
import { chooseSettings, type RecordedSetting } from '../../postgres/settings.ts';
import type { Station } from '../../sandbox/sandbox.ts';
import type { Settled } from '../preflight/preflight.ts';
import { kindOf } from '../../targets/index.ts';
import { walWords } from './wal-words.ts';

interface RestoredServerInput {
  readonly plan: DrillPlan;
  readonly station: Pick<Station, 'host' | 'paths' | 'facts'>;
  readonly ready: Settled;
  readonly endpoint: Endpoint;
  readonly runId: string;
  /** The settings of production, as far as they are known. */
  readonly production: ReadonlyMap<string, string>;
  readonly control: Pick<ControlData, 'standbyMinimums' | 'segmentBytes'>;
  readonly outlive: boolean;
  /** Replay is held at a gate; default: it is not. */
  readonly gated?: boolean;
}

/** A server that is not started yet. */
interface RestoredServer {
  readonly server: Server;
  /** Which of its settings differ from production's. */
  readonly recorded: readonly RecordedSetting[];
}

/** The server on the restored data directory. */
export function restoredServer(input: RestoredServerInput): RestoredServer {
  const { plan, ready, runId, outlive, endpoint } = input;
  const { host, paths, facts } = input.station;
  const { settings, recorded } = chooseSettings({
    major: ready.binaries.major,
    production: input.production,
    control: input.control,
    memoryBytes: facts.memoryBytes,
    memoryLimitBytes: facts.container?.memoryLimitBytes ?? null,
    extra: plan.sandbox.settings,
    preload: plan.sandbox.preload,
    standby: kindOf(ready.target).staysInRecovery || input.gated === true,
    gated: input.gated === true,
  });
  const server = new Server({
    host,
    binaries: ready.binaries,
    paths,
    endpoint,
    settings,
    restoreCommand: walWords(input).restoreCommand,
    runId,
    outlive,
  });
  return { server, recorded };
}
