import { resolve } from 'node:path';
import { currentUser } from '../host/run-user.ts';
import { scratchDirectory } from '../sandbox/local/scratch.ts';
import { intentDirectory } from '../sandbox/ssh/intent.ts';
import type { CliContext } from './context.ts';
import * as look from './doctor-checks.ts';
import { engineFindings } from './doctor-docker.ts';
import { EXIT } from './exit-status.ts';
import { plain, type Style } from './style.ts';

interface DoctorOptions {
  readonly config?: string | undefined;
  readonly scratch?: string | undefined;
}

/** `drill doctor`: what this machine has and lacks. Returns the exit status: 0 when drills can run in one kind of sandbox, else 3. */
export async function doctor(options: DoctorOptions, context: CliContext): Promise<number> {
  const [local, docker, ssh] = await Promise.all([
    localFindings(options, context.env),
    dockerFindings(options, context.env),
    sshFindings(options, context.env),
  ]);
  const sections = [
    doctorText('local', local, context.stdoutStyle),
    doctorText('docker', docker, context.stdoutStyle),
    doctorText('ssh', ssh, context.stdoutStyle),
  ];
  context.stdout(sections.join('\n'));
  const ready = [local, docker, ssh].some((findings) => findings.every(({ ok }) => ok));
  return ready ? EXIT.passed : EXIT.inconclusive;
}

/** The configuration that any drill would read, wherever it happens. */
function configOf({ config }: DoctorOptions, env: NodeJS.ProcessEnv): ReturnType<typeof look.configFinding> {
  return look.configFinding(config === undefined ? null : resolve(config), env);
}

async function localFindings(options: DoctorOptions, env: NodeJS.ProcessEnv): Promise<look.Finding[]> {
  const { finding: config, repositoryPaths } = configOf(options, env);
  const { finding: userFinding, user } = look.userFinding(repositoryPaths);
  const [setpriv, pgbackrest, postgres, bubblewrap] = await Promise.all([
    currentUser().uid === 0 ? look.setprivFinding() : null,
    look.pgBackRestFinding(user),
    look.postgresFinding(user),
    look.bubblewrapFinding(user),
  ]);
  const scratch = look.scratchFinding(scratchDirectory(options.scratch));
  const all = [look.nodeFinding(), userFinding, setpriv, pgbackrest, config, postgres, bubblewrap, scratch];
  return all.filter((finding) => finding !== null);
}

async function dockerFindings(options: DoctorOptions, env: NodeJS.ProcessEnv): Promise<look.Finding[]> {
  return [look.nodeFinding(), configOf(options, env).finding, ...(await engineFindings(env))];
}

/** What this machine needs; what the server lacks is installed there. */
async function sshFindings(options: DoctorOptions, env: NodeJS.ProcessEnv): Promise<look.Finding[]> {
  const { finding: config, repositoryPaths } = configOf(options, env);
  const { user } = look.userFinding(repositoryPaths);
  const [ssh, pgbackrest] = await Promise.all([look.sshFinding(), look.pgBackRestFinding(user)]);
  return [look.nodeFinding(), ssh, config, pgbackrest, look.notesFinding(intentDirectory())];
}

/** The findings of a kind of sandbox, and what they come to. */
export function doctorText(kind: string, findings: readonly look.Finding[], style: Style = plain): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ what, ok, detail, fix }) => [
    `  ${ok ? style('green', '✓') : style('red', '✗')} ${what.padEnd(width)}  ${detail}`,
    ...(fix === null ? [] : [`    ${' '.repeat(width)}  → ${fix}`]),
  ]);
  const lacks = findings.filter(({ ok }) => !ok).length;
  const verdict = lacks === 0 ? style('green', 'ready') : style('red', `lacks ${lacks} of ${findings.length} things`);
  return `${kind} sandbox: ${verdict}\n${lines.join('\n')}\n`;
}
