import type { Outside } from '../../host/outside.ts';
import { noneOf, unanswered, type Assertion } from './assertion.ts';
import type { Backend } from './backend.ts';

/** Those that keep a copy from the machine, with a bit of an exit status each. */
const KINDS = ['ipc', 'mnt', 'net', 'pid', 'uts'] as const;

/**
 * Asserts that a program that the backend starts is in none of the machine's namespaces. No function of SQL reads a link,
 * so the shell does, and says with its exit status which ones it shares, or cannot tell.
 */
export async function namespacesAssertion(
  backend: Backend,
  { namespaces }: Pick<Outside, 'namespaces'>,
  hasNetwork: boolean,
): Promise<Assertion> {
  const kinds = KINDS.filter((kind) => !(kind === 'net' && hasNetwork));
  const name = 'the copy shares no namespace with the machine';
  const expected = `${kinds.join(', ')} of its own`;
  const tests = kinds.map((kind, index) => {
    const machine = namespaces.get(kind) ?? '';
    return `case $(readlink /proc/self/ns/${kind}) in ''|'${machine}') s=$((s+${2 ** index}));; esac`;
  });
  const result = await backend.run(['s=0', ...tests, 'exit $s'].join('; '));
  if ('why' in result) return unanswered(name, expected, result.why);
  if (result.exitCode >= 2 ** kinds.length) return unanswered(name, expected, `exit status ${result.exitCode}`);
  const shared = kinds.filter((_, index) => (result.exitCode & (2 ** index)) !== 0);
  return noneOf(
    name,
    expected,
    shared.map((kind) => `${kind} is the machine's`),
    'none is shared',
  );
}
