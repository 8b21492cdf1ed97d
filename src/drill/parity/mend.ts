/** Packages of PostgreSQL's own repository for Debian whose names are not those of the extension. */
const PACKAGES: Readonly<Record<string, (major: number) => string>> = {
  pg_cron: (major) => `postgresql-${major}-cron`,
  pg_partman: (major) => `postgresql-${major}-partman`,
  pg_partman_bgw: (major) => `postgresql-${major}-partman`,
  pg_repack: (major) => `postgresql-${major}-repack`,
  plpython3u: (major) => `postgresql-plpython3-${major}`,
  postgis: (major) => `postgresql-${major}-postgis-3`,
  postgis_raster: (major) => `postgresql-${major}-postgis-3`,
  postgis_topology: (major) => `postgresql-${major}-postgis-3`,
  timescaledb: (major) => `timescaledb-2-postgresql-${major}`,
  vector: (major) => `postgresql-${major}-pgvector`,
};

/** Those that come with the server itself (appendix F of PostgreSQL's manual, 12 to 18): on Debian they are in its package. */
const OF_THE_SERVER = new Set(
  [
    'adminpack amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw fuzzystrmatch',
    'hstore insert_username intagg intarray isn lo ltree moddatetime old_snapshot pageinspect pg_buffercache pg_freespacemap',
    'pg_logicalinspect pg_prewarm pg_stat_statements pg_surgery pg_trgm pg_visibility pg_walinspect pgcrypto pgrowlocks pgstattuple',
    'postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp xml2',
  ].flatMap((names) => names.split(' ')),
);

interface Place {
  readonly major: number;
  readonly inImage: boolean;
}

/** How libraries or extensions come to the machine of the drill. */
export function installWords(names: readonly string[], { major, inImage }: Place): string {
  if (inImage) return IN_IMAGE;
  const packages = names.flatMap((name) => packageOf(name, major) ?? []);
  const others = names.filter((name) => packageOf(name, major) === null);
  return [
    ...(packages.length > 0 ? [`apt-get install ${[...new Set(packages)].join(' ')}`] : []),
    ...others.map((name) => `apt-cache search postgresql-${major} ${name.replaceAll('_', '-')}`),
  ].join('\n');
}

/** Null: it is not known. */
function packageOf(name: string, major: number): string | null {
  if (OF_THE_SERVER.has(name)) return `postgresql-${major}`;
  return PACKAGES[name]?.(major) ?? null;
}

/** How a program comes to a newer version. */
export function upgradeWords(name: string, { inImage }: Pick<Place, 'inImage'>): string {
  return inImage ? IN_IMAGE : `apt-get install --only-upgrade ${name}`;
}

const IN_IMAGE = 'build an image that has it\nsandbox: { image: NAME }';

/** How locales of the C library are made where they lack: `localedef -i tr_TR -f UTF-8 tr_TR.UTF-8`. */
export function localeWords(names: readonly string[], { inImage }: Pick<Place, 'inImage'>): string {
  if (inImage) return IN_IMAGE;
  const made = names.map(localedef).filter((words) => words !== null);
  if (made.length < names.length) return 'apt-get install locales\ndpkg-reconfigure locales';
  return ['apt-get install locales', ...made].join('\n');
}

function localedef(name: string): string | null {
  const [, language, charset = 'ISO-8859-1', modifier = ''] =
    /^([a-z]{2,3}_[A-Z]{2})(?:\.([\w-]+))?(@[a-z]+)?$/.exec(name) ?? [];
  if (language === undefined) return null;
  const charmap = /^utf-?8$/i.test(charset) ? 'UTF-8' : charset;
  return `localedef -i ${language}${modifier} -f ${charmap} ${name}`;
}
