import type { Signer, SignerServices } from '../signer.ts';
import * as file from './file.ts';
import * as program from './program.ts';
import * as variable from './variable.ts';

/** Where the key that signs is kept. */
export type KeyPlace = file.KeyFile | variable.KeyVariable | program.KeyProgram;

/** Opens the key at a place. Throws `key-unusable`. */
export function openSigner(place: KeyPlace, services: SignerServices): Signer {
  switch (place.by) {
    case 'file':
      return file.open(place, services);
    case 'variable':
      return variable.open(place, services);
    case 'program':
      return program.open(place, services);
  }
}
