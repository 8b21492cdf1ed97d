import type { Server } from '../postgres/server.ts';
import { writeEvidence } from '../report/write.ts';
import type { Station } from '../sandbox/sandbox.ts';
import type { DrillServices, RunState } from './run-state.ts';

const LEFT_OUT = '(what follows is left out, since the plan hides the data of a check)\n';

/** From now on the server's log may quote data that the plan hides: nothing of it is to be kept. */
export async function closeServerLog(state: RunState, station: Station, server: Server): Promise<void> {
  state.serverLogLength ??= (await station.host.readFile(server.logPath, { cut: true }))?.length ?? 0;
}

/** Puts the server's log beside the report. */
export async function saveServerLog(
  { serverLogLength }: RunState,
  station: Station,
  server: Server,
  { folder, services }: { readonly folder: string; readonly services: DrillServices },
): Promise<void> {
  const text = await station.host.readFile(server.logPath, { cut: true });
  if (text === null) return;
  const shown = serverLogLength === null ? text : `${text.slice(0, serverLogLength)}${LEFT_OUT}`;
  writeEvidence(folder, 'postgresql.log', services.redactor.text(shown));
}
