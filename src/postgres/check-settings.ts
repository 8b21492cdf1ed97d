import { DrillError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Host } from '../host/host.ts';
import type { PostgresBinaries } from './binaries.ts';

/** What PostgreSQL says of a setting that it does not take (12 to 18); anything else says nothing of the setting. */
const REFUSAL =
  /^.*FATAL: +((unrecognized configuration parameter|invalid value for parameter|parameter "[^"]*" requires|.* is outside the valid range for parameter).*)$/m;
const UNKNOWN = /^unrecognized configuration parameter/;

/**
 * Throws `plan-invalid` for settings of a plan whose names or values PostgreSQL would not take, all at once. It is asked
 * itself (`postgres -C`), which starts nothing: otherwise the whole restore would go by before it says so.
 */
export async function requireSettings(
  host: Host,
  { directory, major }: Pick<PostgresBinaries, 'directory' | 'major'>,
  settings: Readonly<Record<string, string | number | boolean | null>>,
): Promise<void> {
  const problems: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
    if (value === null) continue;
    const asked = ['-C', name, '-c', `${name}=${String(value)}`, '-c', 'config_file=/dev/null', '-D', '/'];
    const { exitCode, stderr } = await host.run([`${directory}/postgres`, ...asked]);
    const refusal = exitCode === 0 ? undefined : REFUSAL.exec(stderr)?.[1];
    if (refusal === undefined) continue;
    const hint = /^.*HINT: +(.*)$/m.exec(stderr)?.[1];
    problems.push(
      UNKNOWN.test(refusal)
        ? `${name}: PostgreSQL ${major} has no such setting${didYouMean(name, await settingNames(host, directory))}`
        : `${name}: ${refusal}${hint === undefined ? '' : ` (${hint})`}`,
    );
  }
  if (problems.length === 0) return;
  throw new DrillError('plan-invalid', problems.map((problem) => `sandbox.settings.${problem}`).join('; '), {
    hint: 'correct sandbox.settings in the plan; nothing was restored',
  });
}

async function settingNames(host: Host, directory: string): Promise<string[]> {
  const { stdout } = await host.run([`${directory}/postgres`, '--describe-config']);
  return stdout.split('\n').map((line) => line.split('\t')[0] ?? '');
}
