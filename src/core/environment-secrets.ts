/** Words of a variable's name that say that its value is a secret: `AWS_SECRET_ACCESS_KEY`, `SSHPASS`, `DB_PASSWORD`. */
const SECRET_WORD =
  /(^|_)([A-Z0-9]*(?<!COM|BY)PASS|PASSWORD|PASSWD|PASSPHRASE|PGPASSWORD|SECRETS?|TOKENS?|CREDENTIALS?|[A-Z0-9]*KEY|PAT)(_|$)/i;

/** Names that can mean nothing else, whose value is masked however short it is. */
const CERTAIN = /^(SSHPASS|PGPASSWORD|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN))$/;

/** A shorter value might be an ordinary word, which would then be masked wherever it stands. */
const SHORTEST = 6;

/**
 * Every secret in an environment, to be kept out of all that pgdrill writes. Values that are a path or a number are none;
 * of a URL it is the password in it; of several lines, such as a private key, each.
 */
export function secretsInEnvironment(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    const inUrl = passwordInUrl(value);
    if (inUrl !== null) return [inUrl];
    if (CERTAIN.test(name)) return linesOf(value);
    const isSecret = SECRET_WORD.test(name) && value.length >= SHORTEST && !/^(\/|~\/|\d+$)/.test(value);
    return isSecret ? linesOf(value) : [];
  });
}

function linesOf(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= SHORTEST && !line.startsWith('-----'));
  return lines.length > 1 ? [value, ...lines] : [value];
}

function passwordInUrl(value: string): string | null {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:([^/?#@]+)@/i.exec(value)?.[1];
  return password ?? null;
}
