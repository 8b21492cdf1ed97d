import { KNOWN_OPTIONS, OLD_NAMES, type OptionUse } from './known-options.ts';

/** An option as pgBackRest understands its name. */
export interface OptionName {
  /** As pgBackRest 2 has it, with its index: `repo1-host` for `backup-host`. */
  readonly name: string;
  /** Without the index, as the table of known options has it: `repoN-host`. */
  readonly base: string;
  /** Null: no option of pgBackRest 2.45 to 2.60. */
  readonly use: OptionUse | null;
  /** Why pgBackRest refuses the name, though it knows the option (exit status 31, 2.45 to 2.60); null: it does not. */
  readonly refused: string | null;
}

/** pgBackRest's own limit. */
const MOST_INDEX = 256;

/** Reads the name of an option as pgBackRest does: old names are taken for new ones, `repo02-path` is `repo2-path`. */
export function optionName(typed: string): OptionName {
  const { family, digits, rest } = /^(?<family>[a-z]+)(?<digits>\d*)-(?<rest>.+)$/.exec(typed)?.groups ?? {};
  const indexed = digits !== undefined && digits !== '';
  const asTyped = indexed ? `${family}N-${rest}` : typed;
  const base = OLD_NAMES.get(asTyped) ?? asTyped;
  const use = KNOWN_OPTIONS.get(base) ?? null;
  const index = indexed ? Number(digits) : 1;
  const wrongIndex = index >= 1 && index <= MOST_INDEX ? null : `its index is not between 1 and ${MOST_INDEX}`;
  if (use !== null) return { name: base.replace('N-', `${index}-`), base, use, refused: wrongIndex };
  const otherwise = KNOWN_OPTIONS.get(indexed ? `${family}-${rest}` : `${family}N-${rest}`);
  const old = OLD_NAMES.has(indexed ? `${family}-${rest}` : `${family}N-${rest}`);
  // One that it does not know at all it passes over, unless it has an index that is too high (exit status 31, 2.45).
  const tooHigh =
    Number(/^\D+(\d+)-/.exec(typed)?.[1] ?? 0) > MOST_INDEX ? (wrongIndex ?? `its index is above ${MOST_INDEX}`) : null;
  if (otherwise === undefined && !old) return { name: typed, base: asTyped, use: null, refused: tooHigh };
  const refused = indexed ? 'it takes no index' : `it needs an index: ${family}1-${rest}`;
  return { name: typed, base: asTyped, use: null, refused };
}
