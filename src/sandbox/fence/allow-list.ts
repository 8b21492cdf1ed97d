/** What every program sees of /etc, where it is there: what the loader, names, time, locales and perl's psql take. */
export const FILES_OF_ETC: readonly string[] = [
  'alternatives',
  'bindresvport.blacklist',
  'gai.conf',
  'group',
  'host.conf',
  'hosts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'locale.alias',
  'locale.conf',
  'localtime',
  'nsswitch.conf',
  'os-release',
  'passwd',
  'perl',
  'postgresql-common',
  'protocols',
  'services',
  'timezone',
  // OpenSSL: its settings and the certificates that are trusted. /etc/ssl/private is not among them.
  'ca-certificates',
  'crypto-policies',
  'pki/ca-trust/extracted',
  'pki/tls/cert.pem',
  'pki/tls/certs',
  'pki/tls/openssl.cnf',
  'ssl/cert.pem',
  'ssl/certs',
  'ssl/openssl.cnf',
].map((name) => `/etc/${name}`);

/** What those programs see besides that have the network: how names are looked up, Kerberos, the client of OpenSSH. */
export const FILES_OF_NETWORK: readonly string[] = [
  '/etc/resolv.conf',
  '/etc/krb5.conf',
  '/etc/krb5.conf.d',
  '/etc/ssh/ssh_config',
  '/etc/ssh/ssh_config.d',
  '/etc/ssh/ssh_known_hosts',
  '/etc/ssh/ssh_known_hosts2',
];

/** Where systems without /usr keep their programs, and what dictionaries of Debian's PostgreSQL are links to. */
export const OTHER_SYSTEM_PATHS: readonly string[] = [
  '/nix/store',
  '/gnu/store',
  '/run/current-system',
  '/var/cache/postgresql',
];

/** Empty, and each program's own. */
export const PRIVATE_PATHS: readonly string[] = ['/tmp', '/var/tmp', '/run', '/home', '/root'];
