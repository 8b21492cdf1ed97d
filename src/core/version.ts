import { readFileSync } from 'node:fs';
import { ownFile } from './own-files.ts';

/** The version of pgdrill, from its package.json. */
export function version(): string {
  const text = readFileSync(ownFile('../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
