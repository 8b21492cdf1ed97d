import type { ProvisionedSandbox } from '../../sandbox/sandbox.ts';
import { requireRoom } from '../preflight/feasibility.ts';
import { settleIn, type Settled } from '../preflight/preflight.ts';
import { tellText, type Run } from '../run.ts';
import type { Foreseen } from './preflight.ts';

/** The station where the instance is to be, and what is known there. */
export interface Provisioned {
  readonly station: ProvisionedSandbox;
  readonly ready: Settled;
}

/** Makes the station for the instance. */
export async function provision(run: Run, { prepared, ready }: Foreseen): Promise<Provisioned> {
  const { plan, record, signal } = run;
  const station = await prepared.provision(signal, (text) => tellText(run, text));
  record.note({ station, endpoint: station.endpoint });
  const { binaries } = ready;
  if (binaries !== null && station.host === prepared.host) return { station, ready: { ...ready, binaries } };
  const settled = await settleIn(ready, station, record);
  record.note({ ready: settled });
  requireRoom(plan, settled);
  return { station, ready: settled };
}
