import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import {
  damagedWorkspace,
  drill,
  startDrill,
  workspace,
  writePlan,
  type DrillRun,
  type Workspace,
} from '../fixtures/drill.ts';
import { ALL_THERE, makePrepared, placeOf, type Prepared } from '../fixtures/prepared.ts';
import { trial } from '../trials/trial.ts';

let prepared: Prepared;

beforeAll(async () => {
  prepared = await makePrepared();
});
afterAll(() => rmSync(prepared.root, { recursive: true, force: true }));

/** Drills with a configuration that says something else. */
function configured(rewrite: (text: string) => string | Buffer, ...words: string[]): () => Promise<DrillRun> {
  return () => {
    const place = placeOf(prepared);
    writeFileSync(place.config, rewrite(readFileSync(place.config, 'utf8')));
    return drill(place, ...words);
  };
}

const global = (lines: string, ...words: string[]): (() => Promise<DrillRun>) =>
  configured((text) => text.replace('[global]\n', `[global]\n${lines}\n`), ...words);

/** Drills the golden repository, which is encrypted. */
function ofEncrypted(rewrite: (text: string, passphrase: string) => string, env: Record<string, string> = {}) {
  return (): Promise<DrillRun> => {
    const place = damagedWorkspace();
    writeFileSync(place.config, rewrite(readFileSync(place.config, 'utf8'), inject('golden').passphrase));
    return startDrill(place, [], env).finished;
  };
}

const typed =
  (...words: string[]) =>
  (): Promise<DrillRun> =>
    drill(workspace(), ...words);

/** Drills with a plan file of this text. */
const planned = (text: string) => (): Promise<DrillRun> => {
  const place = workspace();
  const plan = join(place.root, 'typed.yaml');
  writeFileSync(plan, text);
  return drill(place, plan);
};

trial(
  'K1',
  ofEncrypted((text, passphrase) => text.replace(passphrase, 'wrong-passphrase-0815')),
);
trial(
  'K2',
  ofEncrypted((text) => text.replaceAll(/^repo1-cipher-pass=.*\n/gm, '')),
);
trial(
  'K3',
  ofEncrypted((text) => text.replaceAll(/^repo1-cipher-.*\n/gm, '')),
);
trial('K4', global('repo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=anything-at-all'));
trial('K5', typed('--stanza', 'nosuch'));
trial('K6', () => drill({ ...workspace(), config: '/no/such/pgbackrest.conf' }));
trial('K7', () => {
  const place: Workspace = placeOf(prepared);
  rmSync(place.config);
  mkdirSync(place.config);
  return drill(place);
});
trial(
  'K8',
  configured(() => ''),
);
trial(
  'K9',
  configured(() => Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 7919 + (at >> 3)) % 256))),
);
trial('K10', global('process-max=1\nprocess-max=2'));
trial(
  'K11',
  configured((text) => text.replace(/^repo1-path=\//m, 'repo1-path=')),
);
trial('K12', global('repo1-type=s4'));
trial('K13', global('process-max=many'));
trial(
  'K14',
  configured((text) => text.replace('compress-type=none', 'compress-type=zip')),
);
trial('K15', global('this is no option'));
trial(
  'K16',
  configured((text) => text.replaceAll('\n', '\r\n')),
);
trial(
  'K17',
  configured((text) => text.replace('[global]', '[global')),
);
trial('K18', global('repo1-type=s3'));
trial(
  'K19',
  configured((text) => text.replace(/^log-path=.*$/m, 'log-path=/proc/nowhere'), ...ALL_THERE),
);
trial(
  'K20',
  configured((text) => text.replaceAll(/^(lock|spool)-path=.*$/gm, '$1-path=/no/such/directory'), ...ALL_THERE),
);
trial(
  'K21',
  configured((text) => `${text}\n[shop]\npg1-port=5432\n[other]\npg1-path=/no/such/production\n`, ...ALL_THERE),
);
trial(
  'K38',
  configured((text) => `${text}\n[shop]\n[other]\npg1-path=/no/such/production\n`, ...ALL_THERE),
);
trial('K37', global('log-level-console=loud'));
trial('K22', global('repo257-path=/somewhere'));
trial(
  'K23',
  ofEncrypted((text) => text, { PGBACKREST_REPO1_CIPHER_PASS: 'wrong-passphrase-0815' }),
);
trial('K24', planned(''));
trial('K25', planned('name: [\n  - {'));
trial('K26', typed('/no/such/plan.yaml'));
trial('K27', () => {
  const place = workspace();
  return drill(place, writePlan(place, 'cloud', { sandbox: { kind: 'cloud' } }));
});
trial('K28', typed('--target-time', 'yesterday at tea'));
trial('K29', typed('--target-lsn', '0-1000028'));
trial('K30', typed('--target-immediate', '--target-name', 'early'));
trial('K31', typed('--rto', 'soon'));
trial('K32', typed('--process-max', '0'));
trial('K33', typed('--targettime', '2026-05-13 14:32:00'));
trial('K34', typed('--rto', '1ms'));
trial('K35', () => {
  const place = workspace();
  return drill(place, writePlan(place, 'old', { objectives: { backupAge: '1ms' } }));
});
trial('K36', typed('--target-time', new Date(Date.now() - 1000).toISOString()));
