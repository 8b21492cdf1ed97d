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

interface Place {
  readonly major: number;
  readonly inImage: boolean;
}

/** How libraries or extensions come to the machine of the drill. */
export function installWords(names: readonly string[], { major, inImage }: Place): string {
  if (inImage) return IN_IMAGE;
  const packages = names.flatMap((name) => PACKAGES[name]?.(major) ?? []);
  const others = names.filter((name) => !(name in PACKAGES));
  return [
    ...(packages.length > 0 ? [`apt-get install ${[...new Set(packages)].join(' ')}`] : []),
    ...others.map((name) => `apt-cache search postgresql-${major} ${name.replaceAll('_', '-')}`),
  ].join('\n');
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
