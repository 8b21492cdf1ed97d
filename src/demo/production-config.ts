import { shellJoin } from '../core/shell-quote.ts';

interface ProductionPaths {
  readonly root: string;
  readonly stanza: string;
  readonly port: number;
  readonly dataDirectory: string;
  readonly repoPath: string;
  readonly socketDirectory: string;
  pgbackrest(...command: string[]): string[];
}

/** pgbackrest.conf of the production cluster. */
export function pgBackRestConfig(production: ProductionPaths, compression: string, passphrase: string): string {
  const { root, stanza, port, dataDirectory, repoPath, socketDirectory } = production;
  return `[global]
repo1-path=${repoPath}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=${passphrase}
repo1-retention-full=2
compress-type=${compression}
process-max=2
start-fast=y
log-level-console=warn
log-path=${root}/log
lock-path=${root}/lock
spool-path=${root}/spool

[${stanza}]
pg1-path=${dataDirectory}
pg1-socket-path=${socketDirectory}
pg1-port=${port}
pg1-user=postgres
`;
}

/** What the production cluster adds to the postgresql.conf that initdb wrote. It listens on a private socket alone. */
export function serverConfig(production: ProductionPaths): string {
  const command = `${shellJoin(production.pgbackrest('archive-push')).replaceAll('%', '%%')} %p`;
  return `
# Added by drill demo
listen_addresses = ''
unix_socket_directories = '${production.socketDirectory}'
port = ${production.port}
archive_mode = on
archive_command = '${command.replaceAll("'", "''")}'
archive_timeout = 10s
max_connections = 30
shared_buffers = 64MB
log_timezone = 'UTC'
`;
}
