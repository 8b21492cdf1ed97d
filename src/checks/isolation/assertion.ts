/** An assertion and what was seen. One that cannot be answered does not hold. */
export interface Assertion {
  readonly name: string;
  readonly expected: string;
  readonly observed: string;
  readonly holds: boolean;
}

/** An assertion that something is not so: it holds when nothing speaks against it. `seen`: what to say then. */
export function noneOf(name: string, expected: string, against: readonly string[], seen = 'none'): Assertion {
  return { name, expected, observed: listed(against) || seen, holds: against.length === 0 };
}

/** The assertion that nobody could answer, and why. */
export function unanswered(name: string, expected: string, why: string): Assertion {
  return { name, expected, observed: `not answered: ${why}`, holds: false };
}

const MOST_LISTED = 5;

function listed(items: readonly string[]): string {
  const rest = items.length - MOST_LISTED;
  return [...items.slice(0, MOST_LISTED), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}
