import type { Server } from '../postgres/server.ts';
import { writeEvidence } from '../report/write.ts';
import type { Station } from '../sandbox/sandbox.ts';
import type { DrillServices, RunState } from './run-state.ts';

const LEFT_OUT = '(what follows is left out, since the plan hides the data of a check)\n';

function read(station: Station, server: Server): Promise<string | null> {
  return station.host.readFile(server.logPath, { cut: true });
}

/** From now on the server's log may quote data that the plan hides: what it has said so far is all that is kept. */
export async function closeServerLog(state: RunState, station: Station, server: Server): Promise<void> {
  state.closedServerLog ??= `${(await read(station, server)) ?? ''}${LEFT_OUT}`;
}

/** Puts the server's log beside the report. */
export async function saveServerLog(
  { closedServerLog }: RunState,
  station: Station,
  server: Server,
  { folder, services }: { readonly folder: string; readonly services: DrillServices },
): Promise<void> {
  const text = closedServerLog ?? (await read(station, server));
  if (text !== null) writeEvidence(folder, 'postgresql.log', services.redactor.text(text));
}
