import { z } from 'zod';
import type { RunFilter } from '../verify/verify-reports.ts';
import { isIn } from './period.ts';

/** What a bundle is about: every run that began in the period, of one drill or of all. */
export const termsSchema = z.strictObject({
  bundleVersion: z.literal(1),
  /** The version of the program that made it. */
  pgdrill: z.string(),
  /** ISO 8601, UTC; `until` is the first moment that does not belong to it. */
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  /** Null: all drills. */
  drill: z.string().nullable(),
  /** Whether the files that may hold values of restored data were left out. */
  withoutValues: z.boolean(),
});

export type BundleTerms = z.output<typeof termsSchema>;

/** The files of a bundle, beside those that a directory of reports has as well. */
export const BUNDLE_FILES = {
  terms: 'bundle.json',
  sums: 'SHA256SUMS',
  statement: 'bundle.dsse.json',
  page: 'index.html',
  text: 'index.md',
  instructions: 'VERIFY.md',
} as const;

/** Whether a run belongs into a bundle. */
export function covers(terms: BundleTerms): RunFilter {
  return ({ drill, run }) => (terms.drill === null || terms.drill === drill) && isIn(terms, run);
}
