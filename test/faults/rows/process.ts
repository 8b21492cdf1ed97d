import type { FaultRow } from '../table.ts';

const ended = (id: string, input: string, code: FaultRow['code'] = 'process-killed'): FaultRow => ({
  id,
  input,
  of: 'machine',
  ending: 'inconclusive',
  code: code ?? null,
});

const cancelled = (id: string, input: string): FaultRow => ({
  id,
  input,
  of: 'machine',
  ending: 'cancelled',
  code: 'cancelled',
});

/** A sweep waits until nothing of the run is held any more. */
const killed = (id: string, input: string): FaultRow => ({ id, input, of: 'machine', ending: 'killed', long: true });

/** A signal that stops a process ends nothing: the deadline does. */
const stopped = (id: string, input: string): FaultRow => ({ ...ended(id, input, 'deadline-exceeded'), long: true });

/** Each process of a drill, in each phase. */
export const processRows: readonly FaultRow[] = [
  ended('P1', '`kill -9` of pgBackRest while it reads the repository (preflight)'),
  ended('P2', '`kill -9` of pgBackRest while it restores'),
  ended('P3', 'SIGTERM to pgBackRest while it restores'),
  ended('P4', '`kill -9` of pgBackRest while it gets a segment'),
  ended('P5', 'SIGTERM to pgBackRest while it gets a segment'),
  ended('P6', '`kill -9` of the server during recovery'),
  ended('P7', 'SIGTERM to the server during recovery'),
  ended('P8', '`kill -9` of the startup process during recovery'),
  ended('P9', '`kill -9` of the checkpointer during recovery'),
  ended('P10', '`kill -9` of the server while a check is asked'),
  ended('P11', 'SIGINT to the server while a check is asked: somebody shuts it down'),
  ended('P12', '`kill -9` of the session that a check is asked in'),
  ended('P13', 'SIGTERM to the session that a check is asked in'),
  ended('P14', '`kill -9` of the checkpointer while a check is asked'),
  ended('P15', '`kill -9` of the program of a command check', 'check-skipped'),
  ended('P16', '`kill -9` of the fence around the server while a check is asked'),
  stopped('P17', 'SIGSTOP of every process of the server while a check is asked'),
  stopped('P18', 'SIGSTOP of pgBackRest while it restores'),
  cancelled('P19', 'SIGTERM to pgdrill while it reads the repository (preflight)'),
  cancelled('P20', 'SIGINT to pgdrill while it restores'),
  cancelled('P21', 'SIGTERM to pgdrill during recovery'),
  cancelled('P22', 'SIGHUP to pgdrill while a check is asked'),
  killed('P23', '`kill -9` of pgdrill while it reads the repository (preflight)'),
  killed('P24', '`kill -9` of pgdrill while it restores'),
  killed('P25', '`kill -9` of pgdrill during recovery'),
  killed('P26', '`kill -9` of pgdrill while a check is asked'),
  ended('P27', '`kill -9` of the checkpointer as soon as the server takes connections'),
  ended('P28', '`kill -9` of the checkpointer while psql asks a check'),
];
