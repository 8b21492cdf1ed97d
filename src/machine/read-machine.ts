import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { DrillError, errorCode } from '../core/errors.ts';
import { whyUnread } from '../core/why-unread.ts';
import { keyPlaceIn, keyPlaceOf } from '../evidence/written-key.ts';
import { channelsOf } from '../notify/channel.ts';
import { explain } from '../plan/explain.ts';
import { PlanError, type PlanDefaults, type PlanProblem } from '../plan/load.ts';
import { parseYaml } from '../plan/yaml-document.ts';
import { machineSchema } from './schema.ts';

/** The variable that names the file, in place of all others; empty: there is none. */
const FILE_VARIABLE = 'PGDRILL_CONFIG';

const SYSTEM_FILE = '/etc/pgdrill/pgdrill.yaml';

/** A file of settings, and what it gives. */
interface MachineFile {
  readonly path: string;
  /** The names of the settings that count: of two files that give one, the user's. */
  readonly gives: readonly string[];
}

/** The settings of this machine for all plans. */
export interface MachineSettings extends PlanDefaults {
  /** Those that are there, the system's first. */
  readonly files: readonly MachineFile[];
}

type Values = z.output<typeof machineSchema>;

interface ReadFile {
  readonly path: string;
  readonly values: Values;
}

/**
 * The settings of this machine: of /etc/pgdrill/pgdrill.yaml, and over them those of pgdrill/pgdrill.yaml in the user's directory
 * of configuration; channels add up. Throws `plan-invalid` with every problem of a file, and for one that others could have changed.
 */
export function readMachine(env: NodeJS.ProcessEnv): MachineSettings {
  const read = filesIn(env).flatMap((path) => readFile(path, env[FILE_VARIABLE] !== undefined) ?? []);
  const last = (key: keyof Values): ReadFile | undefined => read.findLast(({ values }) => values[key] !== undefined);
  const evidence = last('evidence');
  return {
    files: read.map((file) => ({ path: file.path, gives: givenBy(file, last) })),
    reports: last('reports')?.values.reports ?? null,
    scratch: last('scratch')?.values.scratch ?? null,
    // What the environment says is meant for this very run.
    evidence:
      keyPlaceIn(env) === null && evidence?.values.evidence ? keyIn(evidence.values.evidence, evidence.path) : null,
    notify: read.flatMap(({ path, values }) => channelsOf(values.notify, path, dirname(path))),
  };
}

function keyIn(written: NonNullable<Values['evidence']>, file: string): PlanDefaults['evidence'] {
  return keyPlaceOf(written, (path) => resolve(dirname(file), path), dirname(file));
}

function givenBy(file: ReadFile, last: (key: 'reports' | 'scratch' | 'evidence') => ReadFile | undefined): string[] {
  const settings = (['reports', 'scratch', 'evidence'] as const).filter((key) => last(key) === file);
  return [...settings, ...(file.values.notify.length > 0 ? ['notify'] : [])];
}

function filesIn(env: NodeJS.ProcessEnv): string[] {
  const named = env[FILE_VARIABLE];
  if (named !== undefined) return named === '' ? [] : [resolve(named)];
  const home = env['HOME'] ?? '';
  const configured = env['XDG_CONFIG_HOME'] ?? '';
  // The specification of the directories: a relative one is not to be used.
  const directory = isAbsolute(configured) ? configured : isAbsolute(home) ? join(home, '.config') : null;
  return [SYSTEM_FILE, ...(directory === null ? [] : [join(directory, 'pgdrill', 'pgdrill.yaml')])];
}

/** Whoever becomes another user with a program that leaves HOME as it is cannot even see whether there is a file. */
function hintFor(path: string, isNamed: boolean): string {
  if (isNamed) return `${FILE_VARIABLE} names it`;
  return path === SYSTEM_FILE
    ? 'it holds settings of all drills: let their user read it'
    : `let the user of the drill read it; if HOME is that of another user, set it, or set ${FILE_VARIABLE}`;
}

/** What is judged is what was opened. Null: there is no such file. */
function readFile(path: string, isNamed: boolean): ReadFile | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (!isNamed && ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return null;
    throw new DrillError('plan-invalid', `the settings in ${path}: the file ${whyUnread(error)}`, {
      hint: hintFor(path, isNamed),
      cause: error,
    });
  }
  try {
    requireOwn(path, fstatSync(file));
    return { path, values: valuesOf(readFileSync(file, 'utf8'), path) };
  } finally {
    closeSync(file);
  }
}

/** Whoever can write to it can have commands run as the user of the drill. */
function requireOwn(path: string, about: Stats): void {
  const uid = process.getuid?.() ?? 0;
  const refuse = (what: string, hint: string): never => {
    throw new DrillError('plan-invalid', `the settings in ${path}: ${what}`, { hint });
  };
  if (!about.isFile()) refuse('that is no file', 'put a file there');
  if (about.uid !== 0 && about.uid !== uid) {
    refuse(
      `the file belongs to another user (uid ${about.uid})`,
      'it has to belong to root, or to the user of the drill',
    );
  }
  // Where each user has a group of his own, files are writable to it.
  const forbidden = uid === 0 ? 0o022 : 0o002;
  if ((about.mode & forbidden) !== 0)
    refuse('others can write to the file', `look at what is in it, then: chmod go-w ${path}`);
}

function valuesOf(text: string, file: string): Values {
  const document = parseYaml(text);
  if (document.problems.length > 0)
    throw refused(document.problems.map(({ place, message }) => ({ file, place, path: '', message })));
  const value = document.value ?? {};
  const parsed = machineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refused(
    explain(machineSchema, value, parsed.error.issues).map(({ path, message }) => ({
      file,
      place: document.locate(path),
      path: z.core.toDotPath([...path]),
      message,
    })),
  );
}

function refused(problems: readonly PlanProblem[]): PlanError {
  const inOrder = problems.toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0));
  return new PlanError(inOrder, 'configuration of this machine');
}
