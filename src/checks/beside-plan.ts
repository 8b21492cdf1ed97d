import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';

/**
 * What the words of a command name beside the plan: `checks/x.sh` and `--file=checks/x.sql` stand for all of `checks`,
 * `./x.sh` for that file. A word that leads out of the plan's directory names nothing, nor does one without a file.
 */
export function besidePlan(command: readonly string[], base: string): string[] {
  const named = command.flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]);
  const found = named.flatMap((word) => {
    const path = normalize(word);
    const [first = ''] = path.split('/');
    const isInside = first !== '' && first !== '.' && first !== '..';
    // A bare word is a program or an argument, and only by chance the name of a file.
    const isMeant = word.includes('/') && isInside && existsSync(join(base, path));
    return isMeant ? [join(base, first)] : [];
  });
  return [...new Set(found)];
}
