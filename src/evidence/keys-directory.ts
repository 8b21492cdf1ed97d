/** Where the public keys of a directory of reports lie, and the statements of old keys over new ones. */
export const KEYS_DIRECTORY = 'keys';

/** The file of a public key: its name is its id, so that what is in it can be compared with that. */
export function keyFileName(id: string): string {
  return `${id}.pub`;
}

/** The file of the statement over a new key. */
export function rotationFileName(newId: string): string {
  return `${newId}.rotation.dsse.json`;
}
