import { DrillError } from '../../core/errors.ts';
import { signerWith } from '../private-key.ts';
import type { Signer, SignerServices } from '../signer.ts';

/** The key is in a variable of the environment. */
export interface KeyVariable {
  readonly by: 'variable';
  readonly name: string;
}

/** The text is the PEM itself; `\n` stands for the end of a line where the variable can hold none. */
export function open({ name }: KeyVariable, services: SignerServices): Signer {
  const value = services.env[name] ?? '';
  if (value === '') {
    throw new DrillError('key-unusable', `the variable ${name}, which is to hold the key, is not set`, {
      hint: `put the text of the key into it: export ${name}="$(cat pgdrill.key)"`,
    });
  }
  services.redactor.add(value);
  return signerWith(value.replaceAll(String.raw`\n`, '\n'), `the variable ${name}`, services);
}
