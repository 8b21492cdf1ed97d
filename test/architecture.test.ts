import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as CHECK_KINDS from '../src/checks/kinds/kinds.ts';
import { SANDBOX_NAMES } from '../src/sandbox/registry.ts';
import { TARGET_TYPES } from '../src/targets/index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Which folder of src may import from which; `main` is the file beside them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  host: ['core'],
  postgres: ['core', 'host'],
  pgbackrest: ['core', 'host', 'postgres'],
  targets: ['core', 'postgres', 'pgbackrest'],
  report: ['core', 'targets'],
  checks: ['core', 'host', 'postgres', 'report'],
  sandbox: ['core', 'host'],
  store: ['core', 'report', 'schedule'],
  runbook: ['core', 'targets', 'report', 'store', 'plan', 'pgbackrest'],
  forecast: ['core', 'report'],
  evidence: ['core', 'host', 'report', 'store'],
  schedule: ['core', 'host'],
  notify: ['core', 'host', 'report', 'store'],
  plan: ['core', 'postgres', 'targets', 'checks', 'sandbox', 'evidence', 'schedule', 'notify'],
  machine: ['core', 'evidence', 'notify', 'plan'],
  demo: ['core', 'host', 'postgres', 'pgbackrest'],
  extract: ['core', 'host', 'postgres'],
  'trial-run': ['core', 'host', 'plan', 'report', 'sandbox', 'drill'],
  'self-test': [
    'core',
    'host',
    'plan',
    'postgres',
    'pgbackrest',
    'report',
    'store',
    'sandbox',
    'targets',
    'drill',
    'demo',
    'trial-run',
  ],
  tune: ['core', 'plan', 'pgbackrest', 'report', 'drill', 'sandbox', 'trial-run'],
  bisect: ['core', 'host', 'plan', 'postgres', 'pgbackrest', 'targets', 'report', 'store', 'checks', 'drill'],
  site: ['core', 'report', 'store'],
  fleet: ['core', 'store', 'evidence'],
  metrics: ['core', 'schedule', 'store', 'check-up'],
  drill: [
    'core',
    'host',
    'plan',
    'postgres',
    'pgbackrest',
    'targets',
    'report',
    'store',
    'checks',
    'sandbox',
    'notify',
    'forecast',
  ],
  'check-up': ['core', 'host', 'plan', 'postgres', 'pgbackrest', 'targets', 'sandbox', 'drill'],
  index: ['core', 'plan', 'report', 'store', 'evidence', 'sandbox', 'drill', 'notify'],
  cli: [
    'core',
    'host',
    'plan',
    'postgres',
    'pgbackrest',
    'targets',
    'report',
    'store',
    'evidence',
    'site',
    'checks',
    'sandbox',
    'drill',
    'check-up',
    'index',
    'runbook',
    'schedule',
    'metrics',
    'notify',
    'machine',
    'forecast',
    'extract',
    'demo',
    'self-test',
    'tune',
    'bisect',
    'fleet',
  ],
  main: ['cli'],
};

/** Where a vendor package may be imported: in one folder, so that it can be exchanged there. zod is our language of schemas. */
const VENDOR_HOMES: Readonly<Record<string, readonly string[]>> = {
  '@commander-js/extra-typings': ['cli'],
  commander: ['cli'],
  aws4fetch: ['check-up'],
  'd3-scale': ['site'],
  'd3-shape': ['site'],
  'fast-string-width': ['cli'],
  'kubernetes-models/batch/v1': ['schedule'],
  'kubernetes-models/networking.k8s.io/v1': ['schedule'],
  pino: ['cli'],
  'prom-client': ['metrics'],
  execa: ['host'],
  testcontainers: ['sandbox'],
  pg: ['postgres'],
  yaml: ['plan', 'schedule'],
  nodemailer: ['notify'],
  tar: ['evidence'],
  zod: [
    'core',
    'schedule',
    'targets',
    'checks',
    'plan',
    'pgbackrest',
    'report',
    'store',
    'evidence',
    'sandbox',
    'check-up',
    'notify',
    'machine',
    'self-test',
    'tune',
    'bisect',
    'cli',
  ],
};

const LONGEST_FILE = 300;

interface SourceFile {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  /** Without comments. */
  readonly code: string;
  readonly imports: readonly string[];
}

function folderOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.[jt]s$/, '');
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;

const FILES: readonly SourceFile[] = globSync('src/**/*.{ts,js}', { cwd: ROOT }).map((path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  const imports = [...code.matchAll(IMPORT)].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');
  return { path, folder: folderOf(path), text, code, imports };
});

/** The kind of sandbox whose folder a file lies in; undefined: none. */
function sandboxRoomOf(path: string): string | undefined {
  return SANDBOX_NAMES.find((kind) => path.startsWith(`src/sandbox/${kind}/`));
}

/** Whether a file may name a kind of sandbox. */
function isRoomOf(kind: string, path: string): boolean {
  return path === 'src/sandbox/kinds.ts' || sandboxRoomOf(path) === kind;
}

/** The files that a file imports, as paths below the root. */
function ownImports({ path, imports }: SourceFile): string[] {
  return imports.filter((name) => name.startsWith('.')).map((name) => normalize(join(dirname(path), name)));
}

function vendorImports({ imports }: SourceFile): string[] {
  return imports.filter((name) => !name.startsWith('.') && !name.startsWith('node:'));
}

test('the sources are found, with their imports', () => {
  expect(FILES.length).toBeGreaterThan(50);
  expect(FILES.flatMap(ownImports).length).toBeGreaterThan(100);
  for (const target of FILES.flatMap(ownImports)) expect(FILES.map(({ path }) => path)).toContain(target);
});

test('every folder has its place in the table', () => {
  expect([...new Set(FILES.map(({ folder }) => folder))].filter((folder) => !(folder in MAY_IMPORT))).toEqual([]);
});

describe('imports run one way', () => {
  test.each(Object.keys(MAY_IMPORT))('those of %s', (folder) => {
    const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
    const wrong = FILES.filter((file) => file.folder === folder).flatMap((file) =>
      ownImports(file)
        .filter((target) => !allowed.includes(folderOf(target)))
        .map((target) => `${file.path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the table itself has no way round', () => {
    const passed: string[] = [];
    const ready = (folder: string): boolean => (MAY_IMPORT[folder] ?? []).every((other) => passed.includes(other));
    for (let next = Object.keys(MAY_IMPORT).filter(ready); next.length > 0;) {
      passed.push(...next);
      next = Object.keys(MAY_IMPORT).filter((folder) => !passed.includes(folder) && ready(folder));
    }
    expect(passed.toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });

  test('and never in a circle, those of types included', () => {
    const importsOf = new Map(FILES.map((file) => [file.path, ownImports(file)]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
      if (way.includes(path) || done.has(path)) return;
      for (const target of importsOf.get(path) ?? []) visit(target, [...way, path]);
      done.add(path);
    };
    for (const { path } of FILES) visit(path, []);
    expect(circles).toEqual([]);
  });

  test('the procedure of a drill knows the port of the sandboxes, and none of them', () => {
    const ofDrill = FILES.filter(({ folder }) => folder === 'drill').flatMap(ownImports);
    expect(new Set(ofDrill.filter((target) => folderOf(target) === 'sandbox'))).toEqual(
      new Set(['src/sandbox/sandbox.ts', 'src/sandbox/recorded.ts']),
    );
  });
});

describe('a kind of recovery target is named in its own room', () => {
  const KIND = `'(?:${TARGET_TYPES.join('|')})'`;
  /** Comparisons, cases and lists of kinds, and targets that are made up on the spot. */
  const NAMED = new RegExp(
    [
      `\\b(?:type|target)\\)? [!=]==? ${KIND}`,
      `${KIND} [!=]==? [\\w.]*\\b(?:type|target)\\b`,
      `\\bcase ${KIND}:`,
      `${KIND}[^\\n]*\\]\\.includes\\([\\w.]*\\b(?:type|target)\\b`,
      `\\btype: ${KIND}`,
      `${KIND} in [\\w.]*[tT]arget\\b`,
    ].join('|'),
    'g',
  );
  /** The table, and the options of the command line, which has one for some kinds. */
  const ROOMS = ['src/targets/', 'src/cli/plans/plan-options.ts'];

  test.each([
    "if (ready.target.type === 'standby')",
    "if ('standby' !== target.type)",
    "case 'xid':",
    "['latest', 'standby'].includes(ready.target.type)",
    "recoverySettings({ type: 'latest' }, timeline)",
    "if (wanted.target === 'immediate')",
    "'lsn' in target",
  ])('%s would be found', (line) => {
    expect(line.match(NAMED)).toHaveLength(1);
  });

  test('and in no other place', () => {
    const outside = FILES.filter(({ path }) => !ROOMS.some((room) => path.startsWith(room)));
    expect(outside.flatMap(({ path, code }) => (code.match(NAMED) ?? []).map((words) => `${path}: ${words}`))).toEqual(
      [],
    );
  });
});

describe('a kind of check is named in its own room', () => {
  const KIND = `'(?:${Object.keys(CHECK_KINDS).join('|')})'`;
  const NAMED = new RegExp(
    [
      `\\bkind\\)? [!=]==? ${KIND}`,
      `${KIND} [!=]==? [\\w.]*\\bkind\\b`,
      `\\bcase ${KIND}:`,
      `${KIND} in [\\w.]*\\b(?:check|written)\\b`,
      `\\bkind: ${KIND}`,
    ].join('|'),
    'g',
  );

  test.each(["if (check.kind === 'sql')", "case 'command':", "'command' in check", "{ kind: 'sql' }"])(
    '%s would be found',
    (line) => {
      expect(line.match(NAMED)).toHaveLength(1);
    },
  );

  test('and in no other place', () => {
    const outside = FILES.filter(({ path }) => !path.startsWith('src/checks/kinds/'));
    expect(outside.flatMap(({ path, code }) => (code.match(NAMED) ?? []).map((words) => `${path}: ${words}`))).toEqual(
      [],
    );
  });
});

describe('each vendor package has its home', () => {
  test('and there is none without one', () => {
    const known = new Set([...Object.keys(VENDOR_HOMES), ...builtinModules]);
    expect(
      FILES.flatMap((file) =>
        vendorImports(file)
          .filter((name) => !known.has(name))
          .map((name) => `${file.path} -> ${name}`),
      ),
    ).toEqual([]);
  });

  test.each(Object.entries(VENDOR_HOMES))('%s: %j', (name, homes) => {
    const wrong = FILES.filter((file) => vendorImports(file).includes(name) && !homes.includes(file.folder));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe('a kind of sandbox is named in its own room', () => {
  test.each(SANDBOX_NAMES)('%s: no other file says its name', (kind) => {
    const naming = FILES.filter(({ code }) => code.includes(`'${kind}'`)).map(({ path }) => path);
    expect(naming.map(sandboxRoomOf)).toContain(kind);
    expect(naming.filter((path) => !isRoomOf(kind, path))).toEqual([]);
  });

  test.each(SANDBOX_NAMES)('%s: no other file takes anything from its room', (kind) => {
    const taken = FILES.filter(({ path }) => !isRoomOf(kind, path)).flatMap((file) =>
      ownImports(file)
        .filter((target) => sandboxRoomOf(target) === kind)
        .map((target) => `${file.path} -> ${target}`),
    );
    expect(taken).toEqual([]);
  });

  test('the plan knows the table of the sandboxes, and none of them', () => {
    const ofPlan = FILES.filter(({ folder }) => folder === 'plan').flatMap(ownImports);
    expect(new Set(ofPlan.filter((target) => folderOf(target) === 'sandbox'))).toEqual(
      new Set(['src/sandbox/registry.ts']),
    );
  });
});

describe('house habits', () => {
  test(`no file is longer than ${LONGEST_FILE} lines`, () => {
    const long = FILES.filter(({ text }) => text.split('\n').length - 1 > LONGEST_FILE);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test.each([
    ['no default export', /\bexport\s+default\b|\bas\s+default\b/],
    ['no any', /[:<,|&(]\s*any\b(?!\s+\w)|\bas\s+any\b|\bany\[\]/],
    ['no specifier without its extension', /from '\.[^']*(?<!\.[jt]s)'/],
    [
      'no node module without its prefix',
      new RegExp(`from '(${builtinModules.filter((name) => !name.includes(':')).join('|')})'`),
    ],
  ])('%s', (_, pattern) => {
    expect(FILES.filter(({ code }) => pattern.test(code)).map(({ path }) => path)).toEqual([]);
  });

  test('file names are in kebab-case', () => {
    expect(FILES.map(({ path }) => path).filter((path) => !/^src(\/[a-z][a-z0-9-]*)+\.[jt]s$/.test(path))).toEqual([]);
  });
});

describe('the words of a program are read where the program is known', () => {
  /** A regular expression, and what a text is compared with. */
  const REGEX = String.raw`(?<=[(=:,!&|?[{;]\s*|return )\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[dgimsuvy]*(?=[.,;)\s])`;
  const COMPARED = String.raw`(?<=\.(?:includes|startsWith|endsWith)\()'[^'\n]*'(?=\))|(?<=[!=]== )'[^'\n]*'`;
  const READ = new RegExp(`${REGEX}|${COMPARED}`, 'g');
  /** Two words of a sentence, or a word that only PostgreSQL or pgBackRest writes. */
  const PROSE = /[a-z]{2,} [a-z]{2,}|\b(FATAL|PANIC|ERROR|WARN|DETAIL|HINT|PostgreSQL|rmgr)\b|\w(Error|Corruption)\b/;
  /** PostgreSQL's error codes, and exit statuses other than those of success and of a signal. */
  const NUMBERED = /'(?!\d+[KMG]B')\d[0-9A-Z]{4}'|\bexitCode [!=<>]=?=? (?!0\b|137\b|143\b)\d+\b(?! \*)/g;

  function wordsReadIn(code: string): string[] {
    return [...(code.match(READ) ?? []).filter((words) => PROSE.test(words)), ...(code.match(NUMBERED) ?? [])];
  }

  const VENDORS = ['src/postgres/', 'src/pgbackrest/'];
  /** Other programs, whose words are read in one place each. */
  const OTHERS: Readonly<Record<string, string>> = {
    'src/cli/near-options.ts': 'commander',
    'src/host/fence.ts': 'bubblewrap',
    'src/host/local-host.ts': 'exit statuses of our own scripts and of bubblewrap',
    'src/host/place-fault.ts': 'the C library',
    'src/plan/explain.ts': 'zod',
    'src/schedule/install/cron.ts': 'crontab',
    'src/schedule/install/writable.ts': 'test',
    'src/sandbox/docker/container.ts': 'the container engine',
    'src/sandbox/docker/images.ts': 'which majors an image has that does not say',
    'src/sandbox/ssh/supervisor/diagnose.ts': 'OpenSSH',
  };

  test.each([
    ['if (/No space left on device/.test(text)) full();', 1],
    ["const lost = /unable to load info file '([^']+)'/s.exec(message);", 1],
    ['if (/CryptoError|cipher/.test(message)) return wrong;', 1],
    ['    text: /DETAIL|INFO/,', 1],
    ["if (text.startsWith('could not open file')) return;", 1],
    ["if (control.state === 'shut down') return;", 1],
    ["const QUERY_CANCELED = '57014';", 1],
    ["if (error.code === '42P01') return;", 1],
    ['if (result.exitCode === 32) return;', 1],
    ['if (result.exitCode > 2) return;', 1],
    ['if (result.exitCode === 0 || exitCode === 137) return;', 0],
    ['const share = Math.round((a / b) * 100) / 2;', 0],
    [String.raw`const pid = /^\d+/.exec(text);`, 0],
    ["if (kind === 'docker') return;", 0],
  ])('%s', (line, found) => {
    expect(wordsReadIn(line)).toHaveLength(found);
  });

  test('and in no other place', () => {
    const places = FILES.filter(({ path }) => !VENDORS.some((room) => path.startsWith(room)));
    const found = places.filter(({ path }) => !(path in OTHERS)).map(({ path, code }) => [path, wordsReadIn(code)]);
    expect(found.filter(([, words]) => words?.length)).toEqual([]);
  });

  test.each(Object.keys(OTHERS))('%s is still such a place', (path) => {
    expect(wordsReadIn(FILES.find((file) => file.path === path)?.code ?? '')).not.toEqual([]);
  });
});

describe('a sandbox is tampered with by the self-test alone', () => {
  test('nothing else takes what tampers with one', () => {
    const taking = FILES.filter((file) => ownImports(file).includes('src/self-test/tampered.ts'));
    expect(taking.length).toBeGreaterThan(0);
    expect(taking.filter(({ folder }) => folder !== 'self-test')).toEqual([]);
  });

  test('whoever runs a drill hands it the sandbox of its plan, and the self-test one that was tampered with', () => {
    const running = FILES.filter(({ code, path }) => /\brunDrill\(/.test(code) && path !== 'src/drill/run-drill.ts');
    expect(running.map(({ path }) => path)).toEqual(['src/index.ts', 'src/trial-run/drill-on.ts']);
    const [library] = running;
    expect(library?.code.match(/\bsandbox: .*/g)).toEqual(['sandbox: sandboxFor(plan.sandbox),']);
  });

  test('its room is open to its command, and to nobody else', () => {
    const using = FILES.filter(
      (file) => file.folder !== 'self-test' && ownImports(file).some((target) => folderOf(target) === 'self-test'),
    );
    const OPEN = ['src/cli/commands/self-test.ts', 'src/cli/self-test/'];
    expect(using.map(({ path }) => path).filter((path) => !OPEN.some((place) => path.startsWith(place)))).toEqual([]);
  });
});

describe('a program of this machine is started in one way', () => {
  /** The short-lived and the long-lived: words, an environment that is given, a process group of its own. */
  const STARTERS = ['src/host/run-program.ts', 'src/host/start-program.ts'];

  test.each(['node:child_process', 'node:cluster', 'execa'])('%s is imported there alone', (name) => {
    const importing = FILES.filter(({ imports }) => imports.includes(name)).map(({ path }) => path);
    expect(importing.filter((path) => !STARTERS.includes(path))).toEqual([]);
  });

  test('and they start them', () => {
    expect(FILES.filter(({ path, code }) => STARTERS.includes(path) && /\b(?:execa|spawn)\(/.test(code))).toHaveLength(
      2,
    );
  });
});

/** Names behind a point, in a pattern or a shorthand, or in quotes. Two members may share one. */
function namesReadIn(code: string): Set<string> {
  const patterns = code.match(/\{[^{}]*\}(?= =)/g) ?? [];
  return new Set([
    ...(code.match(/(?<=\.)[a-zA-Z]\w*|(?<=[{,]\s*)[a-zA-Z]\w*(?=\s*[,}=])|(?<=')[a-zA-Z]\w*(?=')/g) ?? []),
    ...patterns.flatMap((pattern) => pattern.match(/[a-zA-Z]\w*(?=: \w)/g) ?? []),
  ]);
}

describe('what a class or an interface has, something reads', () => {
  const BODY = /^(?:export )?(?:abstract )?(?:class|interface) \w+[^{\n]*\{\n([\s\S]*?)^\}/gm;
  const MEMBER = /^ {2}(?:(?:static|readonly|async|override|abstract|get) |\*)*([a-zA-Z]\w*)\??(?:\(|:|<| =|;)/gm;
  /** scripts/ writes tables of the documentation. */
  const SCRIPTS = globSync('scripts/**/*.ts', { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), 'utf8'));
  const SOURCES = [...FILES.map(({ code }) => code), ...SCRIPTS].join('\n');
  /** What pg calls of a query that it is handed (Submittable). */
  const OF_PG = ['submit', ...(SOURCES.match(/(?<=^ {2})handle[A-Z]\w+(?=\()/gm) ?? [])];

  test.each([
    ['a.dead', true],
    ['const { other, dead } = it;', true],
    ['const { dead: alive, other } = it;', true],
    ["Pick<It, 'dead'>", true],
    ['return { dead: 1 };', false],
    ['  dead(): void {', false],
    ['a.deadline', false],
  ])('%s: %j', (code, read) => {
    expect(namesReadIn(code).has('dead')).toBe(read);
  });

  test('or it would not be there', () => {
    const members = FILES.flatMap(({ path, code }) =>
      [...code.matchAll(BODY)].flatMap(([, body = '']) =>
        [...body.matchAll(MEMBER)].map(([, name = '']) => ({ name, member: `${path}: ${name}` })),
      ),
    );
    expect(members.length).toBeGreaterThan(500);
    const alive = new Set(['constructor', ...OF_PG, ...namesReadIn(SOURCES)]);
    const dead = members.filter(({ name }) => !alive.has(name));
    expect(dead.map(({ member }) => member)).toEqual([]);
  });
});

/** What is cut at 40 characters or more was said by another program, or holds data. */
const CUT_ELSEWHERE = /\.slice\(0, (?:[4-9]\d|\d{3,}|LONGEST\w*|[A-Z_]*CHARACTERS)\)/;
/** Cut names, which are no secrets, to lengths that others demand. */
const CUTS_NAMES = ['src/cli/plans/plan-template.ts', 'src/postgres/server.ts', 'src/schedule/timers/kubernetes.ts'];

test('a text is cut in one place, which marks it: only so is the beginning of a secret masked', () => {
  const elsewhere = FILES.filter(({ code }) => CUT_ELSEWHERE.test(code)).map(({ path }) => path);
  expect(elsewhere.toSorted()).toEqual(CUTS_NAMES);
});
