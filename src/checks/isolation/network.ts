import type { Outside } from '../../host/outside.ts';
import { noneOf, unanswered, type Assertion } from './assertion.ts';
import type { Answer } from './backend.ts';

/** Asserts that the backend's network is a loopback alone, and that no socket of the machine is in it, abstract ones included. */
export function networkAssertions(dev: Answer, unix: Answer, { sockets }: Pick<Outside, 'sockets'>): Assertion[] {
  return [interfaces(dev), unixSockets(unix, sockets)];
}

function interfaces(dev: Answer): Assertion {
  const [name, expected] = ['the copy has no network', 'no interface but lo'];
  if ('why' in dev) return unanswered(name, expected, dev.why);
  const found = interfacesOf(dev.text);
  if (found.length === 0) return unanswered(name, expected, 'its list of interfaces is empty');
  return noneOf(
    name,
    expected,
    found.filter((item) => item !== 'lo'),
    'lo',
  );
}

/** Names of network interfaces, after the two lines of heading of /proc/net/dev; tunnels that every namespace is born with are down. */
function interfacesOf(dev: string): string[] {
  return dev
    .split('\n')
    .slice(2)
    .flatMap((line) => /^\s*([^:\s]+):/.exec(line)?.[1] ?? [])
    .filter((name) => !/^(tunl0|sit0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|ip6tnl0|ip6gre0)$/.test(name));
}

/** The eighth column of /proc/net/unix is the address; the seventh, the inode, is padded with spaces. */
function unixSockets(unix: Answer, sockets: readonly string[]): Assertion {
  const name = 'no Unix socket of the machine is in its network namespace';
  const expected = `none of ${sockets.length}`;
  if ('why' in unix) return unanswered(name, expected, unix.why);
  const seen = new Set(unix.text.split('\n').flatMap((line) => /^(?:\S+ ){6} *\d+ (.+)$/.exec(line)?.[1] ?? []));
  return noneOf(
    name,
    expected,
    sockets.filter((socket) => seen.has(socket)),
  );
}
