import { unanswered, type Assertion } from './assertion.ts';
import type { Answer } from './backend.ts';

const NONE = /^0+$/;

/**
 * Asserts that the backend has no capability. A fenced one cannot get any: none is in its bounding set, and no program
 * that it starts may gain what it has not.
 */
export function privilegesAssertion(status: Answer, isFenced: boolean): Assertion {
  const name = 'the copy has no capability of root, and cannot get one';
  const expected = isFenced ? 'CapEff, CapPrm, CapBnd 0; NoNewPrivs 1' : 'CapEff, CapPrm 0';
  if ('why' in status) return unanswered(name, expected, status.why);
  const field = (key: string): string => new RegExp(`^${key}:\\s*(\\S+)`, 'm').exec(status.text)?.[1] ?? 'unknown';
  const keys = ['CapEff', 'CapPrm', ...(isFenced ? ['CapBnd'] : [])];
  return {
    name,
    expected,
    observed: [...keys, 'NoNewPrivs', 'Seccomp'].map((key) => `${key} ${field(key)}`).join(', '),
    holds: keys.every((key) => NONE.test(field(key))) && (!isFenced || field('NoNewPrivs') === '1'),
  };
}

/** The number of the process that started a process: for a backend, the postmaster. */
export function parentIn(status: Answer): string | null {
  return 'text' in status ? (/^PPid:\s*(\d+)/m.exec(status.text)?.[1] ?? null) : null;
}
