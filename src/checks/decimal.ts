interface Decimal {
  readonly digits: bigint;
  /** The power of ten that the digits stand for. */
  readonly exponent: number;
}

const LARGEST_EXPONENT = 200_000;

/**
 * Compares two numbers in decimal notation, all their digits: negative, 0 or positive as `a` is below, equal to or above
 * `b`; null when one is none. JavaScript's own numbers would round PostgreSQL's numeric and bigint, and take `0x10` for
 * a number.
 */
export function compareDecimals(a: string, b: string): number | null {
  const [first, second] = [parse(a), parse(b)];
  if (first === null || second === null) return null;
  if (typeof first === 'number' || typeof second === 'number') return sign(first) - sign(second);
  const exponent = Math.min(first.exponent, second.exponent);
  const difference = scaled(first, exponent) - scaled(second, exponent);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

function parse(text: string): Decimal | number | null {
  const infinite = /^([+-]?)Infinity$/i.exec(text.trim());
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  const match = /^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text.trim());
  if (!match) return null;
  const [, minus = '', whole = '', fraction = '', power = '0'] = match;
  if (Math.abs(Number(power)) > LARGEST_EXPONENT) return null;
  const digits = BigInt(whole + fraction);
  return { digits: minus === '-' ? -digits : digits, exponent: Number(power) - fraction.length };
}

/** Infinity is farther out than any other number. */
function sign(value: Decimal | number): number {
  return typeof value === 'number' ? Math.sign(value) : 0;
}

function scaled({ digits, exponent }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(exponent - to);
}
