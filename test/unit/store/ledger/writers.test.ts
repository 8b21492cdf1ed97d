import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { checkChain } from '../../../../src/store/ledger/chain.ts';
import { LEDGER_FILE } from '../../../../src/store/ledger/ledger.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';
import { numbersFrom } from '../../../fixtures/random.ts';

const WRITER = join(import.meta.dirname, '../../../fixtures/write-ledger.ts');

/** Starts a writer; gives what it has been told to be on record, once it has ended. */
function startWriter(directory: string, name: string, count: number) {
  const child = spawn(process.execPath, [WRITER, directory, name, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (piece: Buffer) => (printed += piece.toString()));
  const ended = new Promise<string[]>((resolve) => child.on('close', () => resolve(printed.split('\n').slice(0, -1))));
  return { ended, kill: () => child.kill('SIGKILL'), hasBegun: () => printed !== '' };
}

test('eight writers that are killed at any moment lose nothing and double nothing', async () => {
  const directory = temporaryDirectory();
  const random = numbersFrom(20261129);
  const known: string[] = [];
  let killed = 0;
  const slot = async (slotNumber: number): Promise<void> => {
    for (let life = 0; life < 4; life += 1) {
      const writer = startWriter(directory, `${slotNumber}${life}ff`, life === 3 ? 5 : 100_000);
      if (life < 3) {
        while (!writer.hasBegun()) await delay(5);
        await delay(random() * 200);
        writer.kill();
        killed += 1;
      }
      known.push(...(await writer.ended));
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => slot(index)));
  const { lines, faults } = checkChain(readFileSync(join(directory, LEDGER_FILE), 'utf8'));
  const recorded = lines.flatMap((line) => (line.kind === 'begun' ? [line.run] : []));
  expect(killed).toBe(24);
  expect(faults).toEqual([]);
  expect(new Set(recorded).size).toBe(recorded.length);
  expect(known.filter((run) => !recorded.includes(run))).toEqual([]);
  // A writer may die between the writing and the telling, each of them once.
  expect(recorded.length - known.length).toBeLessThanOrEqual(killed);
});
