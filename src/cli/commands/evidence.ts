import { join } from 'node:path';
import { Option, type Command } from '@commander-js/extra-typings';
import { asDrillError, DrillError, messageOf } from '../../core/errors.ts';
import { makeKey } from '../../evidence/make-key.ts';
import { rotate } from '../../evidence/rotate.ts';
import { signOff } from '../../evidence/sign-off.ts';
import { signRun } from '../../evidence/sign-run.ts';
import { Ledger } from '../../store/ledger/ledger.ts';
import { ADOPT, findRun } from '../../store/past-runs.ts';
import { isOfTheSystem } from '../../store/system-fault.ts';
import { RunStore } from '../../store/run-store.ts';
import type { CliContext } from '../context.ts';
import { verify } from '../evidence/verify.ts';
import { namedSigner, type KeyOptions } from '../evidence/which-key.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { reportsDirectory } from '../known-reports.ts';
import type { Done } from './command.ts';

const REPORTS = ['--reports <dir>', 'where reports are; default: ./reports'] as const;
const KEY = ['--key <place>', 'the key that signs: file:/path or env:NAME'] as const;
const PLAN = ['--plan <plan>', 'the plan whose key it is; default: the key that PGDRILL_EVIDENCE names'] as const;

const REVIEWER = ['--reviewer <file>', 'a public key that is trusted for sign-offs alone; repeatable'] as const;

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .command('keygen')
    .description('make a key that signs runs')
    .option('--output <file>', 'the private half; the public one lies beside it as <file>.pub', 'pgdrill.key')
    .addHelpText('after', examples('drill evidence keygen --output /etc/pgdrill/drills.key'))
    .action(({ output }) => done(keygen(output, context)));
  command
    .command('sign')
    .description('sign a run that was not signed')
    .argument('<run>', 'a run id, the beginning of one, or latest')
    .option(...KEY)
    .option(...PLAN)
    .option(...REPORTS)
    .addHelpText('after', examples('drill evidence sign latest --key file:/etc/pgdrill/drills.key'))
    .action(async (run, options) => done(await written(sign(run, options, context))));
  command
    .command('verify')
    .description('say whether anything on record was changed; needs no network')
    .argument('[what]', 'a directory of reports, a run, or a bundle; default: all runs in ./reports')
    .option('--key <file>', 'a public key that is trusted, in PEM; repeatable', collect)
    .option(...REVIEWER, collect)
    .option(...PLAN)
    .option(...REPORTS)
    .option('--json', 'print it as JSON')
    .option('--anchor', 'print how far the ledger goes, for a ticket or a mail')
    .option('--anchored <anchor>', 'the ledger has to go on from there')
    .option('--timestamp <url>', 'have a server stamp that (RFC 3161), by openssl ts')
    .addHelpText(
      'after',
      examples(
        'drill evidence verify --key drills.key.pub',
        'drill evidence verify /srv/reports --json',
        'drill evidence verify --anchor',
      ),
    )
    .action(async (what, options) => done(await verify(what, options, context)));
  command
    .command('sign-off')
    .description('put on record that somebody has looked at a run')
    .argument('<run>', 'a run id, the beginning of one, or latest')
    .requiredOption('--by <name>', 'who has looked at it')
    .addOption(
      new Option('--decision <decision>', 'what came of it')
        .choices(['accepted', 'follow-up'] as const)
        .makeOptionMandatory(),
    )
    .option('--note <text>', 'why, or what has to be done')
    .option(...KEY)
    .option(...PLAN)
    .option(...REPORTS)
    .addHelpText(
      'after',
      examples('drill evidence sign-off latest --by "Ada Lovelace" --decision accepted --key file:/home/ada/ada.key'),
    )
    .action(async (run, options) => done(await written(signOffRun(run, options, context))));
  command
    .command('bundle')
    .description('put all that an auditor needs of a period into one file')
    .requiredOption('--from <date>', 'the first day, month or year, or a moment in UTC')
    .requiredOption('--to <date>', 'the last day, month or year, or a moment in UTC')
    .option('--drill <drill>', 'the runs of one drill; default: of all')
    .option('--without-values', 'leave out whatever may hold values of restored data')
    .option('--output <file>', 'where it goes; default: evidence-<from>-to-<to>.tar.gz')
    .option('--key <place>', 'the key that signs it: file:/path or env:NAME')
    .option(...PLAN)
    .option(
      '--trust <file>',
      'a public key that is trusted, in PEM; repeatable; default: those in the reports',
      collect,
    )
    .option(...REVIEWER, collect)
    .option(...REPORTS)
    .addHelpText(
      'after',
      examples(
        'drill evidence bundle --from 2026-01 --to 2026-03 --key file:/etc/pgdrill/drills.key',
        'drill evidence bundle --from 2026-01-01 --to 2026-12-31 --drill orders --without-values',
      ),
    )
    .action(async (options) => {
      const { bundle } = await import('../evidence/bundle.ts');
      done(await bundle(options, context));
    });
  command
    .command('rotate')
    .description('put a new key in the place of an old one, by a statement that both sign')
    .requiredOption('--to <place>', 'the new key: file:/path or env:NAME')
    .option('--key <place>', 'the old key: file:/path or env:NAME')
    .option(...PLAN)
    .option(...REPORTS)
    .addHelpText(
      'after',
      examples('drill evidence rotate --key file:/etc/pgdrill/old.key --to file:/etc/pgdrill/new.key'),
    )
    .action(async (options) => done(await written(rotateKeys(options, context))));
  command
    .command('adopt')
    .description('take runs of before the ledger into it')
    .option(...REPORTS)
    .addHelpText('after', examples('drill evidence adopt', 'drill evidence adopt --reports /srv/reports'))
    .action(async ({ reports }) => done(await written(adopt(reports, context))));
}

/** What the system says against writing is nothing that a bug of ours has done. */
async function written(command: Promise<number>): Promise<number> {
  try {
    return await command;
  } catch (error) {
    if (asDrillError(error) || !isOfTheSystem(error)) throw error;
    throw new DrillError('reports-not-writable', `this cannot be put on record: ${messageOf(error)}`, {
      hint: 'give it as the user who runs the drills, where there is room',
      cause: error,
    });
  }
}

function keygen(output: string, { stdout }: CliContext): number {
  const { file, publicFile, publicKey } = makeKey(output);
  stdout(`${file} signs, and is for nobody else to read; name it in plans: evidence: { key: "file:${file}" }\n`);
  stdout(`${publicFile} verifies; give it to those who are to trust it, with its fingerprint:\n${publicKey.id}\n`);
  return EXIT.passed;
}

interface SignOptions extends KeyOptions {
  readonly reports?: string | undefined;
}

/** Signs a run that is on record. Returns the exit status. */
async function sign(which: string, options: SignOptions, context: CliContext): Promise<number> {
  const reports = reportsDirectory(options.reports, undefined, context.env);
  const signer = namedSigner(options, context);
  const { drill, run } = findRun(new RunStore(reports).list(null), which);
  await signRun(join(reports, drill, run), new Ledger(reports), signer);
  context.stdout(`${drill}/${run} is signed with the key ${signer.keyId}\n`);
  return EXIT.passed;
}

interface SignOffOptions extends SignOptions {
  readonly by: string;
  readonly decision: 'accepted' | 'follow-up';
  readonly note?: string | undefined;
}

/** Puts on record that somebody has looked at a run. Returns the exit status. */
async function signOffRun(which: string, options: SignOffOptions, context: CliContext): Promise<number> {
  const reports = reportsDirectory(options.reports, undefined, context.env);
  const signer = namedSigner(options, context);
  const store = new RunStore(reports);
  const list = store.list(null);
  const found = findRun(list, which);
  const ended = list.ended.find(({ drill, run }) => drill === found.drill && run === found.run);
  const [past] = ended ? store.read([ended]) : [];
  if (!past) throw new DrillError('not-found', `the run ${found.run} is not on record`, { hint: ADOPT });
  const { by, decision, note = null } = options;
  const file = await signOff(new Ledger(reports), past, { by, decision, note }, signer);
  context.stdout(`${file}\n${past.drill}/${past.run}: ${decision} by ${by}\n`);
  return EXIT.passed;
}

/** Puts a new key in the place of an old one. Returns the exit status. */
async function rotateKeys(options: SignOptions & { readonly to: string }, context: CliContext): Promise<number> {
  const reports = reportsDirectory(options.reports, undefined, context.env);
  const [old, fresh] = [namedSigner(options, context), namedSigner({ key: options.to }, context)];
  const file = await rotate(reports, old, fresh);
  context.stdout(`${file}\nthe key ${fresh.keyId} takes the place of ${old.keyId}; name it in the plans from now on\n`);
  return EXIT.passed;
}

/** Puts past runs on record, marked as adopted. Returns the exit status. */
async function adopt(asked: string | undefined, { stdout, env }: CliContext): Promise<number> {
  const { taken, left } = await new RunStore(reportsDirectory(asked, undefined, env)).adopt();
  for (const { drill, run, number } of taken) stdout(`${run} is on record: run ${number} of ${drill}\n`);
  for (const { file } of left) stdout(`${file} cannot be read as a report; it was left\n`);
  if (taken.length + left.length === 0) stdout('every run is on record already\n');
  return EXIT.passed;
}
