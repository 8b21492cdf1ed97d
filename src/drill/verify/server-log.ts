import { asDrillError, messageOf } from '../../core/errors.ts';
import type { Server } from '../../postgres/server.ts';
import { writeEvidence } from '../../report/write.ts';
import type { Station } from '../../sandbox/sandbox.ts';
import type { DrillServices, RunState } from '../run-state.ts';
import { unlessGone } from '../undoing.ts';

const LEFT_OUT = '(what follows is left out, since the plan hides the data of a check)\n';

function read(station: Station, server: Server): Promise<string | null> {
  return station.host.readFile(server.logPath, { cut: true });
}

/** From now on the server's log may quote data that the plan hides: what it has said so far is all that is kept. */
export async function closeServerLog(state: RunState, station: Station, server: Server): Promise<void> {
  state.closedServerLog ??= `${(await read(station, server)) ?? ''}${LEFT_OUT}`;
}

/**
 * Puts the server's log beside the report. Where that cannot be done the run has a warning: nothing stays behind because of
 * it, so that the cleanup has not failed.
 */
export async function saveServerLog(
  state: RunState,
  station: Station,
  server: Server,
  { folder, services }: { readonly folder: string; readonly services: DrillServices },
): Promise<void> {
  try {
    await unlessGone(station, async () => {
      const text = state.closedServerLog ?? (await read(station, server));
      if (text !== null) writeEvidence(folder, 'postgresql.log', services.redactor.text(text));
    });
  } catch (error) {
    state.reasons.push({
      code: 'evidence-missing',
      message: `the server log could not be kept beside the report: ${messageOf(error)}`,
      phase: 'cleanup',
      hint: asDrillError(error)?.hint ?? null,
    });
  }
}
