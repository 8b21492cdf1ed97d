import { createHash } from 'node:crypto';
import type { DrillReport } from '../report.ts';
import { visible } from '../visible.ts';

/** What the names of properties mean is said by this program. */
const NAMESPACE = 'urn:pgdrill:report:1';

/** The namespace of the UUIDs below; made once, at random. */
const UUID_NAMESPACE = 'b7d5b7a6-3f0f-4c38-9d2b-6a0b8f4f3c11';

/** The same part of the same run always has the same UUID: version 5 of RFC 9562, made of their names. */
export function uuidOf({ drill, runId }: Pick<DrillReport, 'drill' | 'runId'>, ...part: string[]): string {
  const hash = createHash('sha1')
    .update(Buffer.from(UUID_NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(JSON.stringify([drill, runId, ...part]))
    .digest()
    .subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Text on one line that is not empty, as OSCAL wants its strings. */
export function stringOf(text: string): string {
  return visible(text).replaceAll(/\s+/gu, ' ').trim() || '-';
}

/** A token of OSCAL: `164.308(a)(7)` becomes `_164.308_a__7_`. */
export function tokenOf(text: string): string {
  const token = text.replaceAll(/[^\p{L}\p{N}._-]/gu, '_');
  return /^[\p{L}_]/u.test(token) ? token : `_${token}`;
}

/** Properties of those values that there are. */
export function propertiesOf(values: Readonly<Record<string, string | number | boolean | null>>): object[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [{ name, ns: NAMESPACE, value: stringOf(String(value)) }],
  );
}
