import { expect, test } from 'vitest';
import { LocalHost } from '../../../../src/host/local-host.ts';
import { currentUser } from '../../../../src/host/run-user.ts';
import { Standstill } from '../../../../src/drill/recover/standstill.ts';
import { gateText, WalGate } from '../../../../src/pgbackrest/wal-gate.ts';
import { lsn } from '../../../fixtures/facts.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';

const MB = 1024 * 1024;
const AT = lsn('0/5002018');
const SHORT = lsn('0/5001000');

/** A gate at AT, and what the feed does there when more is asked for. */
async function gateAt(): Promise<{ standstill: Standstill; askForMore: () => Promise<void> }> {
  const place = temporaryDirectory();
  const host = new LocalHost({ user: currentUser(), fence: null, env: {} });
  await host.makeDirectory(`${place}/wal`);
  const gate = new WalGate(host, { feed: place }, 16 * MB);
  const askForMore = (): Promise<void> => host.writeFile(`${place}/wal/met`, `${gateText(AT, 16 * MB)}\n`, 0o600);
  return { standstill: new Standstill(gate, AT), askForMore };
}

/** Looks very often, and gives the code of the fault. */
async function looks(standstill: Standstill, invalidRecord: string | null = null): Promise<string | null> {
  for (let count = 0; count < 500; count += 1) {
    const fault = await standstill.look({ replayedTo: SHORT, invalidRecord });
    if (fault !== null) return fault.code;
  }
  return null;
}

test('a server that asks for more, again and again, and stands still is held short of its gate', async () => {
  const { standstill, askForMore } = await gateAt();
  await askForMore();
  expect(await looks(standstill)).toBeNull();
  await askForMore();
  expect(await looks(standstill)).toBe('target-unproven');
});

test('one that asked before, and asks for nothing while it stands still, is at work', async () => {
  const { standstill, askForMore } = await gateAt();
  await askForMore();
  for (let count = 0; count < 5; count += 1) expect(await looks(standstill)).toBeNull();
});

test('one that went on in between is looked at anew', async () => {
  const { standstill, askForMore } = await gateAt();
  expect(await looks(standstill)).toBeNull();
  await standstill.look({ replayedTo: SHORT - 8n, invalidRecord: null });
  await askForMore();
  expect(await looks(standstill)).toBeNull();
});

test('one that rejects a record before its gate is at the end', async () => {
  const { standstill } = await gateAt();
  expect(await looks(standstill, 'invalid record length at 0/5001000: wanted 24, got 0')).toBe('wal-invalid');
});
