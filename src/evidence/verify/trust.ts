import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { openEnvelope } from '../dsse.ts';
import { HALF_WRITTEN } from '../../store/replace-file.ts';
import { keyFileName, KEYS_DIRECTORY, rotationFileName } from '../keys-directory.ts';
import { parsePublicKey, publicKeyPem, type PublicKey } from '../public-key.ts';
import { readRotation } from '../statements/key-rotation.ts';
import { parseStatement } from '../statements/statement.ts';
import { problemWith, type Problem } from './problem.ts';
import { namesIn, textOf } from './read-file.ts';

/** The keys whose signatures count. */
export interface Trust {
  readonly keys: ReadonlyMap<string, PublicKey>;
  /** The keys whose sign-offs count: the same, and those that count for nothing else. */
  readonly reviewers: ReadonlyMap<string, PublicKey>;
  /** Nobody has named a key: those beside the reports were taken, which whoever changed the reports may have put there. */
  readonly isOnFirstSight: boolean;
  readonly problems: readonly Problem[];
}

/**
 * The keys that were given, and those that took their place or whose place they took, by statements that both have signed.
 * Where none was given, those that lie beside the reports. Those of reviewers count for sign-offs alone.
 */
export function trustIn(
  reports: string,
  given: readonly PublicKey[] | null,
  ofReviewers: readonly PublicKey[] = [],
): Trust {
  const directory = join(reports, KEYS_DIRECTORY);
  const problems: Problem[] = [];
  const lying = new Map<string, PublicKey>();
  const rotations: Rotation[] = [];
  const reading = (name: string, read: (text: string) => void): void => {
    try {
      read(textOf(join(directory, name)));
    } catch (error) {
      problems.push(problemWith(`${KEYS_DIRECTORY}/${name}`, messageOf(error)));
    }
  };
  const names = namesIn(directory);
  for (const name of names.filter((one) => one.endsWith('.pub'))) {
    reading(name, (text) => {
      const key = publicKeyIn(name, text);
      lying.set(key.id, key);
    });
  }
  for (const name of names.filter((one) => HALF_WRITTEN.test(one)))
    problems.push(
      problemWith(`${KEYS_DIRECTORY}/${name}`, 'it is half written, by a command that was killed: remove it'),
    );
  for (const name of names.filter((one) => !one.endsWith('.pub') && !HALF_WRITTEN.test(one)))
    reading(name, (text) => rotations.push(rotationIn(name, text, [...lying.values(), ...(given ?? [])])));
  const keys = new Map(given?.map((key) => [key.id, key]) ?? lying);
  for (let grew = true; grew;) {
    const before = keys.size;
    for (const { from, to } of rotations.filter((one) => keys.has(one.from.id) || keys.has(one.to.id))) {
      keys.set(from.id, from).set(to.id, to);
    }
    grew = keys.size > before;
  }
  const reviewers = new Map([...keys, ...ofReviewers.map((key) => [key.id, key] as const)]);
  return { keys, reviewers, isOnFirstSight: given === null, problems };
}

interface Rotation {
  readonly from: PublicKey;
  readonly to: PublicKey;
}

function publicKeyIn(name: string, text: string): PublicKey {
  const key = parsePublicKey(text, 'it');
  if (keyFileName(key.id) !== name || publicKeyPem(key) !== text)
    throw new Error('it is not the key that its name says');
  return key;
}

function rotationIn(name: string, text: string, known: readonly PublicKey[]): Rotation {
  const envelope = openEnvelope(text);
  const { from: fromId, to } = readRotation(parseStatement(envelope.body));
  if (rotationFileName(to.id) !== name) throw new Error('it is not about the key that its name says');
  const from = known.find(({ id }) => id === fromId);
  if (from === undefined) throw new Error(`the old key ${fromId} is missing`);
  if (!envelope.isSignedBy(from) || !envelope.isSignedBy(to)) throw new Error('it is not signed by both keys');
  return { from, to };
}
