import { join } from 'node:path';
import type { Review } from '../report/review.ts';
import { SIGN_OFF_FILE } from '../store/manifest.ts';
import { openEnvelope } from './dsse.ts';
import { readSignOff } from './statements/sign-off.ts';
import { parseStatement } from './statements/statement.ts';
import { namesIn, textOf } from './verify/read-file.ts';

/** What those have said who looked at a run, oldest first, as it stands there. What cannot be read is left out. */
export function readSignOffs(folder: string): Review[] {
  const files = namesIn(folder).filter((name) => SIGN_OFF_FILE.test(name));
  return files
    .flatMap((file): Review[] => {
      try {
        const { by, decision, note, at } = readSignOff(parseStatement(openEnvelope(textOf(join(folder, file))).body));
        return [{ by, decision, note, at, file }];
      } catch {
        return [];
      }
    })
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
}
