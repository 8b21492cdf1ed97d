import { resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { currentUser } from '../../host/run-user.ts';
import { secretsOf } from '../../pgbackrest/private-config.ts';
import { scratchDirectory } from '../../sandbox/local/scratch.ts';
import { intentDirectory } from '../../sandbox/ssh/intent.ts';
import type { CliContext } from '../context.ts';
import * as look from '../doctor/checks.ts';
import { engineFindings } from '../doctor/engine.ts';
import { repositoryFindings } from '../doctor/repository.ts';
import { examples } from '../examples.ts';
import { EXIT } from '../exit-status.ts';
import { doctorText } from '../view/findings.ts';
import type { Done } from './command.ts';

interface DoctorOptions {
  readonly config?: string | undefined;
  readonly stanza?: string | undefined;
  readonly scratch?: string | undefined;
}

export function define(command: Command, context: CliContext, done: Done): void {
  command
    .option('--config <file>', "pgBackRest's configuration; default: its own search order")
    .option('--stanza <name>', 'only this stanza; default: all that the configuration has')
    .option('--scratch <dir>', 'where backups are to be restored')
    .addHelpText('after', examples('drill doctor', 'drill doctor --scratch /srv/drills'))
    .action(async (options) => done(await doctor(options, context)));
}

/** What this machine has and lacks. Returns the exit status: 0 when drills can run in one kind of sandbox, else 3. */
async function doctor(options: DoctorOptions, context: CliContext): Promise<number> {
  const known = configOf(options, context);
  const repositories = repositoriesOf(known, options);
  const [local, docker, ssh] = await Promise.all([
    localFindings(options, known, repositories),
    dockerFindings(context.env, known, repositories),
    sshFindings(known, repositories),
  ]);
  const sections = [
    doctorText('local', local, context.stdoutStyle),
    doctorText('docker', docker, context.stdoutStyle),
    doctorText('ssh', ssh, context.stdoutStyle),
  ];
  context.stdout(context.redactor.text(sections.join('\n')));
  const ready = [local, docker, ssh].some((findings) => findings.every(({ ok }) => ok));
  return ready ? EXIT.passed : EXIT.inconclusive;
}

/** What any drill would read, wherever it happens, and as whom this machine reads it. */
interface Known extends ReturnType<typeof look.configFinding> {
  readonly who: ReturnType<typeof look.userFinding>;
}

function configOf({ config, stanza }: DoctorOptions, { env, redactor }: CliContext): Known {
  const found = look.configFinding(config === undefined ? null : resolve(config), stanza ?? null, env);
  if (found.config) for (const secret of secretsOf(found.config)) redactor.add(secret);
  return { ...found, who: look.userFinding(found.repositoryPaths) };
}

async function repositoriesOf({ config, stanzas, who }: Known, { stanza }: DoctorOptions): Promise<look.Finding[]> {
  return config === null ? [] : repositoryFindings(config, stanza === undefined ? stanzas : [stanza], who.user);
}

async function localFindings(
  options: DoctorOptions,
  { finding: config, who: { finding: userFinding, user } }: Known,
  repositories: Promise<look.Finding[]>,
): Promise<look.Finding[]> {
  const [setpriv, pgbackrest, postgres, bubblewrap, backups] = await Promise.all([
    currentUser().uid === 0 ? look.setprivFinding() : null,
    look.pgBackRestFinding(user),
    look.postgresFinding(user),
    look.bubblewrapFinding(user),
    repositories,
  ]);
  const scratch = look.scratchFinding(scratchDirectory(options.scratch));
  const all = [look.nodeFinding(), userFinding, setpriv, pgbackrest, config, ...backups, postgres, bubblewrap, scratch];
  return all.filter((finding) => finding !== null);
}

async function dockerFindings(
  env: NodeJS.ProcessEnv,
  { finding: config }: Known,
  repositories: Promise<look.Finding[]>,
): Promise<look.Finding[]> {
  return [look.nodeFinding(), config, ...(await repositories), ...(await engineFindings(env))];
}

/** What this machine needs; what the server lacks is installed there. */
async function sshFindings(
  { finding: config, who: { user } }: Known,
  repositories: Promise<look.Finding[]>,
): Promise<look.Finding[]> {
  const [ssh, pgbackrest, backups] = await Promise.all([look.sshFinding(), look.pgBackRestFinding(user), repositories]);
  return [look.nodeFinding(), ssh, config, pgbackrest, ...backups, look.notesFinding(intentDirectory())];
}
