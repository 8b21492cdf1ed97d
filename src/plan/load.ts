import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { readIntegrity } from '../checks/integrity/written.ts';
import { readCheck } from '../checks/kinds/index.ts';
import { DrillError } from '../core/errors.ts';
import { whyUnread } from '../core/why-unread.ts';
import { keyPlaceOf } from '../evidence/written-key.ts';
import { isSettableByPlan } from '../postgres/settings.ts';
import { readSchedule } from '../schedule/schedule.ts';
import { isOnThisMachine } from '../sandbox/registry.ts';
import type { KeyPlace } from '../evidence/signers/index.ts';
import { channelsOf, togetherNamed, type Channel } from '../notify/channel.ts';
import type { DrillPlan } from './drill-plan.ts';
import { explain, type Issue } from './explain.ts';
import { resolveTargets } from './resolve-targets.ts';
import { planSchema, type PlanValues } from './schema.ts';
import { parseYaml, type LineColumn, type YamlDocument } from './yaml-document.ts';

/** One thing that is wrong with a plan. */
export interface PlanProblem {
  readonly file: string | null;
  readonly place: LineColumn | null;
  /** The path in the plan, such as `checks[0].sql`, or the option, such as `--rto`. */
  readonly path: string;
  readonly message: string;
}

/** A plan that cannot be used; `problems` has all of them at once, in the order of the file. */
export class PlanError extends DrillError {
  readonly problems: readonly PlanProblem[];

  /** `what` has the problems; default: the plan, or the command line. */
  constructor(problems: readonly PlanProblem[], what = ownerOf(problems)) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super(
      'plan-invalid',
      `the ${what} has ${count}:\n${problems.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

function ownerOf(problems: readonly PlanProblem[]): string {
  return problems.every(({ file, path }) => file === null && path.startsWith('--')) ? 'command line' : 'plan';
}

/** `orders.yaml:6:5: checks[0].sql: Invalid input`. */
export function formatProblem(problem: PlanProblem): string {
  const place = problem.place ? `:${problem.place.line}:${problem.place.column}` : '';
  const where = problem.file === null ? '' : `${problem.file}${place}: `;
  return `${where}${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

/** A value that an option puts into the plan; the command line wins over the file. */
export interface PlanOverride {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  /** The option's name, as problems with its value are reported. */
  readonly option: string;
}

/** What counts where a plan says nothing of it; null: what is usual. */
export interface PlanDefaults {
  readonly reports: string | null;
  /** For drills on this machine. */
  readonly scratch: string | null;
  readonly evidence: KeyPlace | null;
  /** They are told beside those of the plan. */
  readonly notify: readonly Channel[];
}

interface LoadOptions {
  /** The plan file; null: the overrides alone make the plan. */
  readonly file: string | null;
  readonly overrides: readonly PlanOverride[];
  readonly now: Date;
  readonly defaults?: PlanDefaults;
}

/**
 * Loads a plan: one for each repository that it names. Touches nothing but the plan file and the query files it names.
 * Throws a {@link PlanError} with every problem at once.
 */
export function loadPlans(options: LoadOptions): DrillPlan[] {
  const document = options.file === null ? null : readPlanFile(options.file);
  const raw = withOverrides(document?.value ?? {}, options.overrides);
  const parsed = planSchema.safeParse(raw);
  const place = new Placer(options, document);
  if (!parsed.success)
    throw new PlanError(
      place.sorted(explain(planSchema, raw, parsed.error.issues).map((issue) => place.problem(issue))),
    );
  const issues: Issue[] = [];
  const isTargetNamed = typeof raw === 'object' && raw !== null && 'target' in raw && raw.target !== undefined;
  const plan = { ...resolvePlan(parsed.data, isTargetNamed, options, issues), fileSha256: document?.sha256 ?? null };
  if (issues.length > 0) throw new PlanError(place.sorted(issues.map((issue) => place.problem(issue))));
  if (plan.rotation !== null) return [deepFreeze(plan)];
  const { repo } = parsed.data.source;
  const repos = Array.isArray(repo) ? [...new Set(repo)] : [repo ?? null];
  return repos.map((key) => {
    const drilledAnyway = repos.flatMap((other) => (other === null || other === key ? [] : [other]));
    return deepFreeze({
      ...plan,
      source: { ...plan.source, repo: key },
      fallback: plan.fallback && { drilledAnyway },
    });
  });
}

/** The document, and the digest of the very text that it was read from. */
function readPlanFile(file: string): YamlDocument & { readonly sha256: string } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new DrillError('not-found', `the plan ${file} ${whyUnread(error)}`, {
      hint: 'name an existing file, or write one with: drill init',
      cause: error,
    });
  }
  const document = parseYaml(text);
  if (document.problems.length > 0) {
    throw new PlanError(document.problems.map(({ place, message }) => ({ file, place, path: '', message })));
  }
  return { ...document, sha256: createHash('sha256').update(text).digest('hex') };
}

/** Turns issues into problems with their place: a line of the file, or the option that brought the value. */
class Placer {
  readonly #options: LoadOptions;
  readonly #document: YamlDocument | null;

  constructor(options: LoadOptions, document: YamlDocument | null) {
    this.#options = options;
    this.#document = document;
  }

  problem({ path, message }: Issue): PlanProblem {
    const override = this.#options.overrides.find((item) => item.path.every((key, index) => path[index] === key));
    if (override) return { file: null, place: null, path: override.option, message };
    if (!this.#document) return { file: null, place: null, path: optionFor(path), message };
    return { file: this.#options.file, place: this.#document.locate(path), path: z.core.toDotPath([...path]), message };
  }

  sorted(problems: PlanProblem[]): PlanProblem[] {
    return problems.toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0));
  }
}

function optionFor(path: readonly PropertyKey[]): string {
  return path.join('.') === 'source.stanza' || path.join('.') === 'source' ? '--stanza' : path.join('.');
}

function withOverrides(value: unknown, overrides: readonly PlanOverride[]): unknown {
  const result: unknown = structuredClone(value);
  for (const { path, value: item } of overrides) assign(result, path, item);
  return result;
}

function assign(target: unknown, path: readonly (string | number)[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined || typeof target !== 'object' || target === null) return;
  const holder = target as Record<string | number, unknown>;
  if (rest.length === 0) {
    holder[key] = value;
    return;
  }
  if (typeof holder[key] !== 'object' || holder[key] === null) holder[key] = typeof rest[0] === 'number' ? [] : {};
  assign(holder[key], rest, value);
}

function resolvePlan(
  values: PlanValues,
  isTargetNamed: boolean,
  options: LoadOptions,
  issues: Issue[],
): Omit<DrillPlan, 'fileSha256'> {
  const { rotation, ...aim } = resolveTargets(values, isTargetNamed, options.now, issues);
  for (const name of Object.keys(values.sandbox.settings).filter((key) => !isSettableByPlan(key))) {
    issues.push({
      path: ['sandbox', 'settings', name],
      message: 'is not for a plan to set: it keeps the copy apart, or its proof honest',
    });
  }
  const base = options.file === null ? process.cwd() : dirname(resolve(options.file));
  // What is typed on a command line is meant from where one stands; what stands in a file, from beside it.
  const baseOf = (...path: string[]): string =>
    options.overrides.some((item) => item.path.join('.') === path.join('.')) ? process.cwd() : base;
  const { source, objectives } = values;
  const { defaults } = options;
  return {
    name: values.name,
    description: values.description ?? null,
    file: options.file,
    source: {
      stanza: source.stanza,
      config: source.config === undefined ? null : resolve(baseOf('source', 'config'), source.config),
      repo: null,
      backup: source.backup,
      processMax: source.processMax ?? null,
    },
    restore: values.restore,
    ...aim,
    rotation,
    sandbox: withScratch(values.sandbox, defaults?.scratch ?? null),
    objectives: {
      rtoMs: objectives.rto ?? null,
      rpoMs: objectives.rpo ?? null,
      backupAgeMs: objectives.backupAge ?? null,
      recoverableMs: objectives.recoverable ?? null,
      forecastMs: objectives.forecast ?? null,
      regression:
        objectives.regression === 'off'
          ? null
          : { percent: objectives.regression.rto, runs: objectives.regression.runs },
    },
    retention: values.retention ? { full: values.retention.full ?? null, diff: values.retention.diff ?? null } : null,
    checks: values.checks.map((check, index) =>
      readCheck(check, {
        base,
        isHere: isOnThisMachine(values.sandbox),
        refuse: (key, message) => issues.push({ path: ['checks', index, key], message }),
      }),
    ),
    compare: values.compare ?? null,
    baseline: values.baseline ?? null,
    integrity: values.integrity === undefined ? null : readIntegrity(values.integrity),
    fallback: values.onFailure === 'fallback' ? { drilledAnyway: [] } : null,
    controls: values.controls,
    schedule: values.schedule ? readSchedule(values.schedule) : null,
    runbook: values.runbook ? resolveRunbook(values.runbook, base) : null,
    evidence: values.evidence
      ? keyPlaceOf(values.evidence, (path) => resolve(base, path), base)
      : (defaults?.evidence ?? null),
    notify: togetherNamed([...(defaults?.notify ?? []), ...channelsOf(values.notify, options.file ?? 'options', base)]),
    deadlineMs: values.deadline,
    reports:
      values.reports === undefined
        ? (defaults?.reports ?? resolve('reports'))
        : resolve(baseOf('reports'), values.reports),
  };
}

function withScratch(sandbox: PlanValues['sandbox'], scratch: string | null): PlanValues['sandbox'] {
  if (scratch === null || !isOnThisMachine(sandbox)) return sandbox;
  return { scratch, ...sandbox } as PlanValues['sandbox'];
}

function resolveRunbook(
  { roles, inform, stop, start, write = [] }: NonNullable<PlanValues['runbook']>,
  base: string,
): NonNullable<DrillPlan['runbook']> {
  const files = [write].flat().map((file) => resolve(base, file));
  return { roles, inform: inform ?? null, stop: stop ?? null, start: start ?? null, write: files };
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
