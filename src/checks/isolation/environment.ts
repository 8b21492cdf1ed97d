import { noneOf, unanswered, type Assertion } from './assertion.ts';
import type { Answer } from './backend.ts';

/** Names of variables that hold secrets, or lead to them. */
const SECRET = /^(AWS_|PGBACKREST_|SSH_A|GOOGLE_|AZURE_|KUBECONFIG|DOCKER_HOST)|TOKEN|SECRET|PASS|CREDENTIAL|API_?KEY/i;

/**
 * Asserts that no secret of whoever runs the drill is in the environment of the server. It is the postmaster's, which the
 * backends inherit: PostgreSQL writes their own title over it.
 */
export function environmentAssertion(environ: Answer): Assertion {
  const name = 'no secret is in the environment of the copy';
  const expected = 'no variable for secrets';
  if ('why' in environ) return unanswered(name, expected, environ.why);
  const names = environ.text.split('\0').flatMap((entry) => /^([A-Za-z_]\w*)=/.exec(entry)?.[1] ?? []);
  if (names.length === 0) return unanswered(name, expected, 'the environment of the postmaster is empty');
  return noneOf(
    name,
    expected,
    names.filter((item) => SECRET.test(item)),
    `${names.length} variables, none of them`,
  );
}
