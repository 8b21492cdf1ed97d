import { asDrillError, messageOf } from '../../core/errors.ts';
import type { Server } from '../../postgres/server.ts';
import type { Station } from '../../sandbox/sandbox.ts';
import type { RunRecord } from '../run-record.ts';
import type { Run } from '../run.ts';
import { unlessGone } from '../undoing.ts';

const LEFT_OUT = '(what follows is left out, since the plan hides the data of a check)\n';

function read(station: Station, server: Server): Promise<string | null> {
  return station.host.readFile(server.logPath, { cut: true });
}

/** From now on the server's log may quote data that the plan hides: what it has said so far is all that is kept. */
export async function closeServerLog(record: RunRecord, station: Station, server: Server): Promise<void> {
  if (record.closedServerLog !== null) return;
  record.note({ closedServerLog: `${(await read(station, server)) ?? ''}${LEFT_OUT}` });
}

/**
 * Puts the server's log beside the report. Where that cannot be done the run has a warning: nothing stays behind because of
 * it, so that the cleanup has not failed.
 */
export async function saveServerLog(
  record: RunRecord,
  station: Station,
  server: Server,
  { folder, services }: Pick<Run, 'folder' | 'services'>,
): Promise<void> {
  try {
    await unlessGone(station, async () => {
      const text = record.closedServerLog ?? (await read(station, server));
      if (text !== null) folder.keep('postgresql.log', services.redactor.text(text));
    });
  } catch (error) {
    record.reasons.push({
      code: 'evidence-missing',
      message: `the server log could not be kept beside the report: ${messageOf(error)}`,
      phase: 'cleanup',
      hint: asDrillError(error)?.hint ?? null,
    });
  }
}
