import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atSocketItself } from '../core/socket-itself.ts';
import type { StartExec } from './exec.ts';

/**
 * Copies between its standard input and output and a Unix socket, one process each way so that neither can block the
 * other. Perl, since every Debian has it and PostgreSQL's packages need it; the image of a drill needs nothing more. It
 * follows no link: the copy may put one in the place of its socket, and this is not behind its fence. 0x200000 is O_PATH.
 */
const RELAY = `
use strict; use Fcntl; use IO::Socket::UNIX;
sysopen(my $there, $ARGV[0], 0x200000 | O_NOFOLLOW) or die "$ARGV[0]: $!\\n";
my $socket = IO::Socket::UNIX->new(Peer => '/proc/self/fd/' . fileno $there) or die "$ARGV[0]: $!\\n";
sub copy { my ($from, $to) = @_;
  while (my $read = sysread($from, my $piece, 65536)) {
    for (my $done = 0; $done < $read;) {
      my $written = syswrite($to, $piece, $read - $done, $done) or return; $done += $written } } }
my $parent = $$;
my $child = fork();
if (!$child) { copy($socket, \\*STDOUT); kill 'TERM', $parent; exit 0 }
copy(\\*STDIN, $socket); shutdown($socket, 2); kill 'TERM', $child; waitpid($child, 0);
`;

const PREFIX = 'pgdrill-relay-';

/** A socket of this machine behind which a server elsewhere answers. */
export interface Relay {
  /** Only this user may enter it. */
  readonly directory: string;
  close(): Promise<void>;
}

/**
 * Opens a socket in a directory of its own for the socket of a server in a container or on another machine. No port is
 * published and no network is needed: each connection is a program beside the server that copies bytes.
 */
export function openRelay(start: StartExec, socketDirectory: string, port: number): Promise<Relay> {
  return relayed(socketDirectory, port, (socket, path) => connect(start, path, socket));
}

/**
 * The same for a server of this machine whose socket is not to be trusted, for programs that would follow a link in its place: the
 * copy may put one there that leads to production.
 */
export function openRelayHere(socketDirectory: string, port: number): Promise<Relay> {
  return relayed(socketDirectory, port, async (socket, path) => {
    const there = atSocketItself(path, (itself) => connectTo(itself));
    there.on('error', () => socket.destroy());
    there.once('close', () => socket.end());
    socket.once('close', () => there.destroy());
    socket.pipe(there).pipe(socket);
  });
}

async function relayed(
  socketDirectory: string,
  port: number,
  onward: (socket: Socket, path: string) => Promise<void>,
): Promise<Relay> {
  const directory = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(directory, 0o700);
  const name = `.s.PGSQL.${port}`;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    void onward(socket, `${socketDirectory}/${name}`).catch(() => socket.destroy());
  });
  await listen(server, join(directory, name));
  return {
    directory,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Removes the directories of this user's relays whose pgdrill was killed: nobody listens at their sockets any more. */
export async function removeDeadRelays(): Promise<void> {
  for (const name of namesIn(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const directory = join(tmpdir(), name);
    if (lstatSync(directory, { throwIfNoEntry: false })?.uid !== process.getuid?.()) continue;
    const sockets = namesIn(directory);
    const dead = await Promise.all(sockets.map((socket) => isDead(join(directory, socket))));
    if (dead.length > 0 && dead.every(Boolean)) rmSync(directory, { recursive: true, force: true });
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // It has gone meanwhile, or is no directory.
    return [];
  }
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

async function connect(start: StartExec, path: string, socket: Socket): Promise<void> {
  const exec = await start({ argv: ['perl', '-e', RELAY, path], stdin: true });
  exec.stderr.resume();
  socket.pipe(exec.stdin);
  exec.stdout.pipe(socket);
  exec.stdin.on('error', () => socket.destroy());
  socket.once('close', () => exec.stdin.destroy());
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
