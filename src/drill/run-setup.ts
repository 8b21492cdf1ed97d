import { randomBytes } from 'node:crypto';
import { secretsInEnvironment } from '../core/environment-secrets.ts';
import { DrillError } from '../core/errors.ts';
import { refuseInvalid, unknownOptions } from '../pgbackrest/config-problems.ts';
import { credentialsOf } from '../pgbackrest/credentials.ts';
import { secretsOf } from '../pgbackrest/private-config.ts';
import { needsNetwork, repositoriesOf } from '../pgbackrest/repository.ts';
import { servicesOf } from '../pgbackrest/services.ts';
import {
  optionsFor,
  productionPaths,
  productionServers,
  readUserConfig,
  stanzasOf,
  withAdded,
  type UserConfig,
} from '../pgbackrest/user-config.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { ReasonReport } from '../report/report.ts';
import type { SandboxSpec } from '../sandbox/sandbox.ts';
import type { DrillServices } from './services.ts';

/** The user's configuration, its secrets known to the redactor before anything can be written. */
export function readConfiguration(plan: DrillPlan, services: Pick<DrillServices, 'env' | 'redactor'>): UserConfig {
  const config = withAdded(readUserConfig(plan.source.config, services.env), plan.source.added ?? []);
  for (const secret of [...secretsOf(config), ...secretsInEnvironment(services.env)]) services.redactor.add(secret);
  const stanzas = stanzasOf(config);
  if (stanzas.length > 0 && !stanzas.includes(plan.source.stanza)) {
    throw new DrillError(
      'stanza-not-configured',
      `the configuration (${config.files.join(', ')}) has no stanza "${plan.source.stanza}"; it has ${stanzas.join(', ')}`,
      {
        hint: 'look at the spelling of --stanza',
      },
    );
  }
  refuseInvalid(config, plan.source.stanza);
  requireRepository(plan, config);
  return config;
}

/** What of the configuration was not understood, for the report: a drill never drops an option in silence. */
export function configurationFindings(config: UserConfig, stanza: string): ReasonReport[] {
  return unknownOptions(config, stanza).map(({ what, hint }) => ({
    code: 'config-option-unknown',
    message: `${what} is not known`,
    phase: 'preflight',
    hint,
  }));
}

function requireRepository({ source, rotation }: DrillPlan, config: UserConfig): void {
  const configured = repositoriesOf(optionsFor(config, source.stanza, 'restore')).map(({ key }) => key);
  const unknown = [source.repo ?? rotation?.repos ?? []].flat().find((key) => !configured.includes(key));
  if (unknown === undefined) return;
  throw new DrillError(
    'plan-invalid',
    `the configuration has no repository ${unknown}; it has ${configured.join(', ')}`,
    { hint: 'look at --repo, or at source.repo in the plan' },
  );
}

/** `20261121T034512Z-3f9a`: sorts by the second; two runs of one second differ, in any order. */
export function newRunId(now: Date): string {
  return `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(2).toString('hex')}`;
}

/** What a plan and a configuration ask of a sandbox. */
export function sandboxSpec(
  plan: DrillPlan,
  config: UserConfig,
  run: {
    readonly runId: string;
    readonly startedAt: Date;
    readonly keepInstance: boolean;
    readonly env: NodeJS.ProcessEnv;
  },
): SandboxSpec {
  const options = optionsFor(config, plan.source.stanza, 'restore');
  const all = repositoriesOf(options);
  const named = plan.source.repo === null ? (plan.rotation?.repos ?? null) : [plan.source.repo];
  const read = all.filter(({ key }) => named === null || named.includes(key));
  const onDisk = (repositories: typeof all): string[] =>
    repositories.filter((repository) => !needsNetwork(repository)).map(({ path }) => path);
  const credentials = credentialsOf(read, options, run.env);
  return {
    runId: run.runId,
    drill: plan.name,
    repositoryPaths: onDisk(all),
    readPaths: onDisk(read),
    reaches: read.filter(needsNetwork).flatMap((repository) => servicesOf(repository, options)),
    credentials: credentials.variables,
    credentialPaths: credentials.paths,
    productionPaths: productionPaths(config),
    productionServers: productionServers(config, plan.source.stanza),
    configFiles: config.files,
    keepInstance: run.keepInstance,
    endsBefore: new Date(run.startedAt.getTime() + plan.deadlineMs + CLEANUP_MS),
  };
}

/** Cleaning up after a run that met its deadline takes no longer. */
const CLEANUP_MS = 3_600_000;
